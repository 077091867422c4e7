package tandem.kernels.assembler;

/** PTX that the assembler refuses. The message has one line for each complaint: {@code FILE:LINE: error: ...}. */
public final class AssemblyException extends RuntimeException {

    /** With the complaints, one a line. */
    AssemblyException(String message) {
        super(message);
    }
}
