package tandem.kernels.ptx;

import java.util.List;

/**
 * A PTX file.
 *
 * @param file its name, for messages
 * @param version of the PTX language, such as {@code 7.0}
 * @param target such as {@code sm_75}
 * @param variables global, constant and shared variables at module level
 * @param entries the kernels
 */
public record PtxModule(
        String file, String version, String target, List<PtxVariable> variables, List<PtxEntry> entries) {

    /**
     * Reads PTX text.
     *
     * @param fileName for messages
     * @throws PtxException when the text is not well-formed PTX; names the line
     */
    public static PtxModule parse(String fileName, String text) {
        return new ModuleParser(fileName, text).parse();
    }

    /**
     * The kernel of that name.
     *
     * @throws PtxException when there is none; lists those there are
     */
    public PtxEntry entry(String name) {
        for (PtxEntry entry : entries) {
            if (entry.name().equals(name)) {
                return entry;
            }
        }
        throw new PtxException(
                file,
                0,
                "has no entry '" + name + "'; its entries are "
                        + entries.stream().map(PtxEntry::name).toList());
    }
}
