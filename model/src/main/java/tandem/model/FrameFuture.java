package tandem.model;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import tandem.model.inference.Inspection;

/**
 * The result of a submitted frame. Only the inspector completes it: frame and result are in use until then, and a
 * caller that completed it earlier would fill a buffer that is still read.
 */
final class FrameFuture extends CompletableFuture<Inspection> {

    private static final String IN_USE = "the frame and its result are in use until this future completes; "
            + "give the time limit to submit, or to the options";

    /** Completes it with the result. */
    void finish(Inspection result) {
        super.complete(result);
    }

    /** Completes it with a problem. */
    void fail(Throwable problem) {
        super.completeExceptionally(problem);
    }

    /** Does nothing. */
    @Override
    public boolean complete(Inspection value) {
        return false;
    }

    /** Does nothing. */
    @Override
    public boolean completeExceptionally(Throwable problem) {
        return false;
    }

    /** Does nothing: a frame is not taken back. */
    @Override
    public boolean cancel(boolean mayInterrupt) {
        return false;
    }

    @Override
    public CompletableFuture<Inspection> orTimeout(long timeout, TimeUnit unit) {
        throw new UnsupportedOperationException(IN_USE);
    }

    @Override
    public CompletableFuture<Inspection> completeOnTimeout(Inspection value, long timeout, TimeUnit unit) {
        throw new UnsupportedOperationException(IN_USE);
    }

    @Override
    public CompletableFuture<Inspection> completeAsync(Supplier<? extends Inspection> supplier, Executor executor) {
        throw new UnsupportedOperationException(IN_USE);
    }

    @Override
    public void obtrudeValue(Inspection value) {
        throw new UnsupportedOperationException(IN_USE);
    }

    @Override
    public void obtrudeException(Throwable problem) {
        throw new UnsupportedOperationException(IN_USE);
    }

    /** What depends on this is an ordinary future. */
    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }
}
