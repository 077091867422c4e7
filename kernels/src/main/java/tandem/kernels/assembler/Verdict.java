package tandem.kernels.assembler;

/**
 * What the assembler says of a file for one architecture.
 *
 * @param architecture such as {@code sm_90}
 * @param assembly the result; null when it refuses the file
 * @param complaint why it does, one complaint a line, as in {@link AssemblyException}; null when it does not
 */
public record Verdict(String architecture, Assembly assembly, String complaint) {

    /** Whether the file assembles. */
    public boolean good() {
        return assembly != null;
    }
}
