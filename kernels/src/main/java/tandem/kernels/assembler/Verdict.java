package tandem.kernels.assembler;

/**
 * The result of assembling a file for one architecture.
 *
 * @param architecture such as {@code sm_90}
 * @param assembly the result; null when the file is refused
 * @param complaint why it is refused, one complaint a line, as in {@link AssemblyException}; null when it is not
 * @param late whether the assembler was stopped while it worked: nothing is known of the file
 */
public record Verdict(String architecture, Assembly assembly, String complaint, boolean late) {

    /** Whether the file assembles. */
    public boolean good() {
        return assembly != null;
    }
}
