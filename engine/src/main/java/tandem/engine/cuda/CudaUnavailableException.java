package tandem.engine.cuda;

/** This machine cannot run the CUDA device; the message is one line that states what is missing and how to get it. */
public final class CudaUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1;

    CudaUnavailableException(String message) {
        super(message);
    }
}
