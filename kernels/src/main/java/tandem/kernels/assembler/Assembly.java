package tandem.kernels.assembler;

import java.util.List;

/**
 * A PTX file assembled for one architecture.
 *
 * @param architecture such as {@code sm_90}
 * @param entries in the order of the file
 * @param warnings warnings of the assembler, as {@code FILE:LINE: warning: ...}
 * @param cubin the machine code, an ELF file that the driver of such a GPU loads
 */
public record Assembly(String architecture, List<Usage> entries, List<String> warnings, byte[] cubin) {

    /**
     * The cost of one entry.
     *
     * @throws IllegalArgumentException when the file has none of that name
     */
    public Usage entry(String name) {
        return entries.stream()
                .filter(usage -> usage.entry().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no entry is called '" + name + "'; there are "
                        + entries.stream().map(Usage::entry).toList()));
    }
}
