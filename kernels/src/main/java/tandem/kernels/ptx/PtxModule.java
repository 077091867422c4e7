package tandem.kernels.ptx;

import java.util.List;
import java.util.Map;

/**
 * A PTX file.
 *
 * @param file its name, for messages
 * @param version of the PTX language, such as {@code 7.0}
 * @param target such as {@code sm_75}
 * @param variables global, constant and shared variables at module level
 * @param entries the kernels that could be read
 * @param refused the others by name, and what is wrong with each: a construct in one entry costs no other entry
 */
public record PtxModule(
        String file,
        String version,
        String target,
        List<PtxVariable> variables,
        List<PtxEntry> entries,
        Map<String, PtxException> refused) {

    /**
     * Reads PTX text.
     *
     * @param fileName for messages
     * @throws PtxException when the text is not well-formed PTX, or none of its entries could be read; names the line
     */
    public static PtxModule parse(String fileName, String text) {
        return new ModuleParser(fileName, text).parse();
    }

    /**
     * The kernel of that name.
     *
     * @throws PtxException when there is none, which lists those there are, or when it could not be read
     */
    public PtxEntry entry(String name) {
        for (PtxEntry entry : entries) {
            if (entry.name().equals(name)) {
                return entry;
            }
        }
        if (refused.containsKey(name)) {
            throw refused.get(name);
        }
        throw new PtxException(
                file,
                0,
                "has no entry '" + name + "'; its entries are "
                        + entries.stream().map(PtxEntry::name).toList());
    }
}
