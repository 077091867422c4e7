package tandem.tools.watch;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import tandem.model.data.DataException;
import tandem.tools.watch.FolderWatch.Ready;
import tandem.tools.watch.FolderWatch.Version;

/**
 * Inspects the images of a folder as they arrive. A file that is written with pauses can look complete; so an image
 * that cannot be read is reported only when its file has not changed for some time, and is inspected when it changes
 * before.
 */
public final class FolderLoop {

    /** What happens with the images. */
    public interface Receiver {

        /**
         * Inspects an image.
         *
         * @throws DataException when it cannot be read
         */
        void inspect(Ready image) throws IOException;

        /** An image cannot be read, and its file no longer changes. */
        void unreadable(Ready image, DataException problem) throws IOException;
    }

    /**
     * How the folder is listed.
     *
     * @param every milliseconds from one listing to the next
     * @param reportAfter milliseconds without a change after which an image that cannot be read is reported
     * @param untilIdle whether to end when there is nothing to do
     */
    public record Timing(int every, int reportAfter, boolean untilIdle) {}

    private record Unreadable(Ready image, DataException problem, long since) {}

    /** Longest time until the end of the loop is noticed while nothing happens, in milliseconds. */
    private static final int SHORT = 50;

    private final Path folder;
    private final FolderWatch listing;
    private final Timing timing;
    private final Receiver receiver;
    private final PrintWriter err;
    private final Map<Path, Unreadable> unreadable = new HashMap<>();
    private boolean reachable = true;

    /**
     * @param done the version of an image that has a result already
     * @param err receives a line when the folder cannot be listed
     */
    public FolderLoop(
            Path folder, Function<Path, Optional<Version>> done, Timing timing, Receiver receiver, PrintWriter err) {
        this.folder = folder;
        listing = new FolderWatch(folder, done);
        this.timing = timing;
        this.receiver = receiver;
        this.err = err;
    }

    /** Runs until {@code end}, which is also evaluated between two images; an image that has begun is finished. */
    public void run(BooleanSupplier end) throws IOException {
        for (int idle = 0; !end.getAsBoolean() && !(timing.untilIdle() && idle > 1); idle++) {
            if (list(end) || !unreadable.isEmpty()) {
                idle = 0;
            }
            pause(end);
        }
    }

    /** Returns whether there was an image. */
    private boolean list(BooleanSupplier end) throws IOException {
        List<Ready> ready;
        try {
            ready = listing.list();
            reachable = true;
        } catch (FolderWatch.NotListed problem) {
            // A share that is away for some time; one line for each time.
            if (reachable) {
                err.println(folder + " cannot be listed (" + problem.getMessage() + "); trying again");
                err.flush();
            }
            reachable = false;
            return false;
        }
        for (Ready image : ready) {
            if (end.getAsBoolean()) {
                return true;
            }
            unreadable.remove(image.file());
            try {
                receiver.inspect(image);
            } catch (DataException problem) {
                unreadable.put(image.file(), new Unreadable(image, problem, System.nanoTime()));
            }
        }
        report();
        return !ready.isEmpty();
    }

    private void report() throws IOException {
        long now = System.nanoTime();
        for (Unreadable one : new ArrayList<>(unreadable.values())) {
            Optional<Version> version = listing.listed(one.image().file());
            if (version.isEmpty()) {
                unreadable.remove(one.image().file());
            } else if (version.get().equals(one.image().version())
                    && now - one.since()
                            >= Duration.ofMillis(timing.reportAfter()).toNanos()) {
                unreadable.remove(one.image().file());
                receiver.unreadable(one.image(), one.problem());
            }
        }
    }

    private void pause(BooleanSupplier end) {
        long until = System.nanoTime() + Duration.ofMillis(timing.every()).toNanos();
        try {
            for (long rest = timing.every(); rest > 0 && !end.getAsBoolean(); ) {
                Thread.sleep(Math.min(rest, SHORT));
                rest = Duration.ofNanos(until - System.nanoTime()).toMillis();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
