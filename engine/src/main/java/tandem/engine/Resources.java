package tandem.engine;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Resources with one owner, closed together in the reverse of the order in which they were added. Every one is closed
 * even if another fails to. The standard form, in a constructor that makes several:
 *
 * <pre>{@code
 * try {
 *     weights = owned.add(new Weights(device, variables));
 *     arena = owned.add(new Program.Arena(device, plan));
 * } catch (RuntimeException | Error problem) {
 *     owned.closeAfter(problem);
 *     throw problem;
 * }
 * }</pre>
 */
public final class Resources implements AutoCloseable {

    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    /** Takes ownership; returns the resource. */
    public <T extends AutoCloseable> T add(T resource) {
        open.push(resource);
        return resource;
    }

    /**
     * Closes everything because of a problem that the caller throws afterwards; exceptions of closing are added to it
     * as suppressed.
     */
    public void closeAfter(Throwable problem) {
        closeAll(problem);
    }

    /**
     * Closes everything that is still open, the last added first; a second call does nothing. The first exception is
     * thrown after everything was closed, the others are added to it as suppressed.
     *
     * @throws IllegalStateException in place of a checked exception, which is its cause
     */
    @Override
    public void close() {
        Throwable first = closeAll(null);
        if (first instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (first instanceof Error error) {
            throw error;
        }
    }

    private Throwable closeAll(Throwable primary) {
        Throwable first = primary;
        while (!open.isEmpty()) {
            AutoCloseable resource = open.pop();
            try {
                resource.close();
            } catch (Throwable problem) {
                Throwable unchecked = problem instanceof RuntimeException || problem instanceof Error
                        ? problem
                        : new IllegalStateException("cannot close " + resource, problem);
                if (first == null) {
                    first = unchecked;
                } else if (first != unchecked) {
                    first.addSuppressed(unchecked);
                }
            }
        }
        return first;
    }
}
