package tandem.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tandem.engine.Device;
import tandem.engine.cpu.CpuDevice;
import tandem.model.Inspector.PixelFormat;
import tandem.model.InspectorOptions.FrameFormat;
import tandem.model.InspectorOptions.Overflow;
import tandem.model.inference.Inspection;
import tandem.model.train.TinyNetwork;
import tandem.model.weights.WeightsException;

/** Frames in the background: order, a full queue, deadlines, another network between frames, and closing. */
@Timeout(120)
class InspectorQueueTest {

    private static final int WIDTH = 64;
    private static final int HEIGHT = 48;
    private static final InspectorOptions OPTIONS =
            InspectorOptions.standard().with(change -> change.suppression(TinyNetwork.LOOSE));

    @TempDir
    static Path folder;

    private static Device device;
    private static Path checkpoint;
    private static Path another;

    @BeforeAll
    static void train() throws IOException {
        device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
        checkpoint = TinyNetwork.train(folder.resolve("first"), 70, 50, 2).checkpoint();
        another = TinyNetwork.train(folder.resolve("second"), 70, 50, 1, 5).checkpoint();
    }

    @AfterAll
    static void close() {
        device.close();
    }

    private static Inspector open(InspectorOptions options) throws IOException {
        return Inspector.load(checkpoint, device, options);
    }

    private static Frame frame(int number) {
        byte[] pixels = new byte[3 * WIDTH * HEIGHT];
        new Random(number).nextBytes(pixels);
        return Frame.of(ByteBuffer.wrap(pixels), PixelFormat.RGB, WIDTH, HEIGHT);
    }

    private static String text(Inspection found) {
        return found + " " + Arrays.hashCode(found.maskBytes());
    }

    private static Throwable failure(CompletableFuture<Inspection> future) {
        return assertThrows(CompletionException.class, future::join).getCause();
    }

    /** Holds the only context until it is released, so that all later frames wait. */
    private static final class Occupied implements AutoCloseable {
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch end = new CountDownLatch(1);

        Occupied(Inspector inspector) throws InterruptedException {
            // The inspector's only thread waits for the device, so what depends on the future runs in that thread.
            device.lock().enter();
            try {
                inspector.submit(frame(0), new Inspection()).thenRun(() -> {
                    begun.countDown();
                    try {
                        end.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
            } finally {
                device.lock().exit();
            }
            begun.await();
        }

        @Override
        public void close() {
            end.countDown();
        }
    }

    @Test
    void submittedFramesHaveTheResultsOfCallsInTheirOrder() throws Exception {
        try (Inspector inspector = open(OPTIONS.with(change -> change.queue(2)))) {
            List<Integer> order = Collections.synchronizedList(new ArrayList<>());
            List<CompletableFuture<String>> found = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                int number = i;
                found.add(inspector.submit(frame(i), new Inspection()).thenApply(result -> {
                    order.add(number);
                    return text(result);
                }));
            }
            for (int i = 0; i < 8; i++) {
                assertEquals(
                        text(inspector.inspect(frame(i), new Inspection())),
                        found.get(i).join());
            }
            assertEquals(List.of(0, 1, 2, 3, 4, 5, 6, 7), order);
        }
    }

    @Test
    void severalContextsHaveTheSameResults() throws Exception {
        List<String> expected = new ArrayList<>();
        try (Inspector inspector = open(OPTIONS)) {
            for (int i = 0; i < 6; i++) {
                expected.add(text(inspector.inspect(frame(i), new Inspection())));
            }
        }
        try (Inspector inspector = open(OPTIONS.with(change -> change.contexts(3)))) {
            inspector.warmUp(WIDTH, HEIGHT);
            assertTrue(inspector.isWarm());
            List<CompletableFuture<Inspection>> found = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                found.add(inspector.submit(frame(i), new Inspection()));
            }
            assertEquals(
                    expected, found.stream().map(future -> text(future.join())).toList());
            assertTrue(inspector.isWarm());
        }
    }

    @Test
    void aFullQueueDropsTheOldest() throws Exception {
        try (Inspector inspector = open(OPTIONS.with(change -> change.queue(2).overflow(Overflow.DROP_OLDEST)))) {
            List<CompletableFuture<Inspection>> found = new ArrayList<>();
            try (Occupied context = new Occupied(inspector)) {
                for (int i = 1; i <= 4; i++) {
                    found.add(inspector.submit(frame(i), new Inspection()));
                }
                assertInstanceOf(FrameNotInspectedException.Dropped.class, failure(found.get(0)));
                assertInstanceOf(FrameNotInspectedException.Dropped.class, failure(found.get(1)));
            }
            assertEquals(2, inspector.metrics().getDropped());
            for (int i = 3; i <= 4; i++) {
                assertEquals(
                        text(inspector.inspect(frame(i), new Inspection())),
                        text(found.get(i - 1).join()));
            }
        }
    }

    @Test
    void aFullQueueRefusesOrWaits() throws Exception {
        try (Inspector inspector = open(OPTIONS.with(change -> change.queue(1).overflow(Overflow.FAIL)))) {
            CompletableFuture<Inspection> waiting;
            try (Occupied context = new Occupied(inspector)) {
                waiting = inspector.submit(frame(1), new Inspection());
                assertThrows(
                        FrameNotInspectedException.QueueFull.class, () -> inspector.submit(frame(2), new Inspection()));
            }
            waiting.join();
        }
        try (Inspector inspector = open(OPTIONS.with(change -> change.queue(1)))) {
            CompletableFuture<CompletableFuture<Inspection>> third;
            try (Occupied context = new Occupied(inspector)) {
                inspector.submit(frame(1), new Inspection());
                third = CompletableFuture.supplyAsync(() -> inspector.submit(frame(2), new Inspection()));
                Thread.sleep(20);
                assertTrue(!third.isDone());
            }
            assertEquals(
                    text(inspector.inspect(frame(2), new Inspection())),
                    text(third.join().join()));
        }
    }

    @Test
    void onlyTheInspectorCompletesAFuture() throws Exception {
        try (Inspector inspector = open(OPTIONS)) {
            CompletableFuture<Inspection> future;
            try (Occupied context = new Occupied(inspector)) {
                future = inspector.submit(frame(1), new Inspection());
                assertFalse(future.cancel(true));
                assertFalse(future.complete(new Inspection()));
                assertFalse(future.completeExceptionally(new IllegalStateException()));
                String message = assertThrows(
                                UnsupportedOperationException.class, () -> future.orTimeout(1, TimeUnit.NANOSECONDS))
                        .getMessage();
                assertTrue(message.endsWith("give the time limit to submit, or to the options"), message);
                assertThrows(
                        UnsupportedOperationException.class,
                        () -> future.completeOnTimeout(new Inspection(), 1, TimeUnit.NANOSECONDS));
                assertThrows(UnsupportedOperationException.class, () -> future.completeAsync(Inspection::new));
                assertThrows(UnsupportedOperationException.class, () -> future.obtrudeValue(new Inspection()));
                assertThrows(
                        UnsupportedOperationException.class,
                        () -> future.obtrudeException(new IllegalStateException()));
                assertInstanceOf(
                        TimeoutException.class,
                        failure(future.thenApply(result -> result).orTimeout(1, TimeUnit.NANOSECONDS)));
                assertFalse(future.isDone());
            }
            assertEquals(WIDTH, future.join().width());
        }
    }

    /** Six buffers, which are filled again when their result is there, and a queue for four. */
    @Test
    void whatDependsOnAResultMaySubmitTheNextFrame() throws Exception {
        try (Inspector inspector = open(OPTIONS)) {
            int frames = 40;
            CountDownLatch results = new CountDownLatch(frames);
            CountDownLatch refused = new CountDownLatch(1);
            AtomicInteger submitted = new AtomicInteger();
            class Buffer {
                private final Inspection found = new Inspection();

                private void next() {
                    int number = submitted.getAndIncrement();
                    if (number < frames) {
                        inspector.submit(frame(number), found).thenRun(() -> {
                            results.countDown();
                            next();
                        });
                    }
                }
            }
            for (int i = 0; i < 6; i++) {
                new Buffer().next();
            }
            assertTrue(results.await(60, TimeUnit.SECONDS), results.getCount() + " frames without result");
            assertEquals(frames, inspector.metrics().getUndecided());
            // As in Occupied: what depends on the future runs in the inspector's thread.
            device.lock().enter();
            try {
                inspector.submit(frame(0), new Inspection()).thenRun(() -> {
                    try {
                        for (int i = 0; i < 6; i++) {
                            inspector.submit(frame(i), new Inspection());
                        }
                    } catch (FrameNotInspectedException.QueueFull full) {
                        refused.countDown();
                    }
                });
            } finally {
                device.lock().exit();
            }
            assertTrue(refused.await(60, TimeUnit.SECONDS), "the sixth is one more than four and one");
            assertEquals(1, inspector.metrics().getRefused());
        }
    }

    @Test
    void aFrameAfterItsDeadlineIsNotInspected() throws Exception {
        try (Inspector inspector = open(OPTIONS)) {
            Inspection untouched = new Inspection();
            CompletableFuture<Inspection> late;
            try (Occupied context = new Occupied(inspector)) {
                late = inspector.submit(frame(1), untouched, Duration.ofMillis(1));
                Thread.sleep(5);
            }
            FrameNotInspectedException.Late before =
                    assertInstanceOf(FrameNotInspectedException.Late.class, failure(late));
            assertTrue(!before.isComplete() && untouched.width() == 0);
            inspector.inspect(frame(1), untouched, Duration.ofMinutes(5));
            assertEquals(WIDTH, untouched.width());
            Duration forever = ChronoUnit.FOREVER.getDuration();
            assertSame(untouched, inspector.inspect(frame(1), untouched, forever));
            assertSame(untouched, inspector.submit(frame(1), untouched, forever).join());
        }
        Optional<Duration> forever = Optional.of(ChronoUnit.FOREVER.getDuration());
        try (Inspector inspector =
                open(OPTIONS.with(change -> change.limit(forever).keepWarm(forever)))) {
            assertEquals(WIDTH, inspector.inspect(frame(1), new Inspection()).width());
        }
        try (Inspector inspector = open(OPTIONS.with(change -> change.limit(Optional.of(Duration.ofNanos(1)))))) {
            assertThrows(FrameNotInspectedException.Late.class, () -> inspector.inspect(frame(1), new Inspection()));
        }
    }

    @Test
    void aNetworkIsReplacedBetweenFrames() throws Exception {
        try (Inspector inspector = open(OPTIONS.with(change -> change.queue(3)))) {
            String old = text(inspector.inspect(frame(1), new Inspection()));
            List<CompletableFuture<String>> found = Collections.synchronizedList(new ArrayList<>());
            CountDownLatch before = new CountDownLatch(5);
            AtomicBoolean replaced = new AtomicBoolean();
            CountDownLatch after = new CountDownLatch(5);
            Thread line = new Thread(() -> {
                while (after.getCount() > 0) {
                    CountDownLatch counted = replaced.get() ? after : before;
                    found.add(inspector.submit(frame(1), new Inspection()).thenApply(InspectorQueueTest::text));
                    counted.countDown();
                }
            });
            line.start();
            before.await();
            inspector.replace(another);
            replaced.set(true);
            String now = text(inspector.inspect(frame(1), new Inspection()));
            line.join();
            assertNotEquals(old, now);
            List<String> results = found.stream().map(CompletableFuture::join).toList();
            int first = results.indexOf(now);
            assertTrue(first > 0, "some before");
            assertEquals(Collections.nCopies(first, old), results.subList(0, first));
            assertEquals(Collections.nCopies(results.size() - first, now), results.subList(first, results.size()));

            assertThrows(WeightsException.class, () -> inspector.replace(folder.resolve("first/data/image0.png")));
            assertEquals(now, text(inspector.inspect(frame(1), new Inspection())));
        }
    }

    @Test
    void closingWaitsForTheQueueAndRefusesLaterFrames() throws Exception {
        Inspector inspector = open(OPTIONS);
        List<CompletableFuture<Inspection>> found = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            found.add(inspector.submit(frame(i), new Inspection()));
        }
        inspector.close();
        inspector.close();
        for (CompletableFuture<Inspection> future : found) {
            assertTrue(future.isDone());
            assertEquals(WIDTH, future.join().width());
        }
        assertThrows(InspectorClosedException.class, () -> inspector.submit(frame(0), new Inspection()));
        assertThrows(InspectorClosedException.class, () -> inspector.inspect(frame(0), new Inspection()));
        assertThrows(InspectorClosedException.class, () -> inspector.replace(another));
        assertThrows(InspectorClosedException.class, inspector::warmUp);
        Inspector other = open(OPTIONS);
        other.submit(frame(0), new Inspection()).thenRun(other::close).join();
        assertThrows(InspectorClosedException.class, () -> other.submit(frame(0), new Inspection()));
    }

    @Test
    void onlyTheGivenFormatIsAccepted() throws Exception {
        FrameFormat format = new FrameFormat(PixelFormat.RGB, WIDTH, HEIGHT);
        try (Inspector inspector = Inspector.load(
                checkpoint,
                OPTIONS.with(change -> change.format(Optional.of(format)).contexts(2)))) {
            inspector.warmUp();
            Inspection result = new Inspection();
            assertSame(result, inspector.inspect(frame(0), result));
            assertTrue(inspector.isWarm());
            ByteBuffer bytes = ByteBuffer.allocate(3 * WIDTH * HEIGHT);
            for (Frame wrong : List.of(
                    Frame.of(bytes, PixelFormat.BGR, WIDTH, HEIGHT), Frame.of(bytes, PixelFormat.RGB, HEIGHT, WIDTH))) {
                String message = assertThrows(FrameException.class, () -> inspector.inspect(wrong, result))
                        .getMessage();
                assertTrue(message.endsWith("this inspector accepts 64 x 48 RGB pixels"), message);
                assertThrows(FrameException.class, () -> inspector.submit(wrong, result));
            }
            assertThrows(FrameException.class, () -> inspector.warmUp(HEIGHT, WIDTH));
            bytes.position(1);
            Frame moved = frame(0);
            moved.pixels().position(1);
            assertThrows(FrameException.class, () -> inspector.inspect(moved, result));
            assertThrows(NullPointerException.class, () -> inspector.submit(null, result));
            assertThrows(NullPointerException.class, () -> inspector.submit(frame(0), null));
        }
    }

    @Test
    void blankFramesBetweenFramesChangeNoResultAndAreNotCounted() throws Exception {
        try (Inspector inspector = open(OPTIONS.with(change -> change.keepWarm(Optional.of(Duration.ofMillis(1)))))) {
            String expected = text(inspector.inspect(frame(1), new Inspection()));
            for (int i = 0; i < 5; i++) {
                Thread.sleep(4 * i);
                assertEquals(expected, text(inspector.inspect(frame(1), new Inspection())));
            }
            assertEquals(6, inspector.metrics().getUndecided());
            assertEquals(6, inspector.metrics().latency().getTotalCount());
        }
    }
}
