package tandem.tools.serve;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The last frames, the last rejects and the last uploads; a bounded number of each. Thread-safe. */
final class ShownFrames {

    /** Enough for the page to fetch the files of a frame while others follow. */
    private static final int RECENT = 8;
    /** Rejects that are kept. */
    static final int REJECTS = 12;

    private static final int UPLOADS = 4;

    private final Deque<ShownFrame> recent = new ArrayDeque<>();
    private final Deque<ShownFrame> rejects = new ArrayDeque<>();
    private final Deque<ShownFrame> uploads = new ArrayDeque<>();

    /** Adds a frame. */
    synchronized void add(ShownFrame frame, boolean uploaded) {
        add(uploaded ? uploads : recent, frame, uploaded ? UPLOADS : RECENT);
        if (frame.rejected()) {
            add(rejects, frame, REJECTS);
        }
    }

    private static void add(Deque<ShownFrame> frames, ShownFrame frame, int limit) {
        frames.addFirst(frame);
        if (frames.size() > limit) {
            frames.removeLast();
        }
    }

    /** The last frame that was not uploaded. */
    synchronized Optional<ShownFrame> last() {
        return Optional.ofNullable(recent.peekFirst());
    }

    /** The last rejects, the newest first. */
    synchronized List<ShownFrame> rejects() {
        return List.copyOf(rejects);
    }

    /** A frame that is still kept. */
    synchronized Optional<ShownFrame> find(int number) {
        return Stream.of(recent, uploads, rejects)
                .flatMap(Deque::stream)
                .filter(frame -> frame.number() == number)
                .findFirst();
    }
}
