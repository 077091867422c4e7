package tandem.model;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import tandem.model.FrameNotInspectedException.QueueFull;
import tandem.model.FrameQueue.Waiting;
import tandem.model.inference.Inspection;
import tandem.model.monitor.InspectorMetrics;
import tandem.model.monitor.InspectorMetrics.Outcome;

/** The threads that inspect submitted frames, one for each execution context; they start with the first frame. */
final class FrameWorkers implements AutoCloseable {

    /** Inspects a frame in the thread of the caller. */
    @FunctionalInterface
    interface Work {
        Inspection inspect(Frame frame, Inspection result, long called, long deadline);
    }

    private final Work work;
    private final InspectorMetrics metrics;
    private final int count;
    private final FrameQueue queue;
    private final List<Thread> threads = new ArrayList<>();

    FrameWorkers(Work work, InspectorMetrics metrics, InspectorOptions options) {
        this.work = work;
        this.metrics = metrics;
        count = options.contexts();
        queue = new FrameQueue(options.queue(), options.overflow());
    }

    /** Adds a frame to the queue by its policy. */
    CompletableFuture<Inspection> submit(Frame frame, Inspection result, long submitted, long deadline) {
        start();
        FrameFuture future = new FrameFuture();
        Waiting dropped;
        try {
            // One of these threads would wait for itself.
            dropped = queue.add(
                    new Waiting(frame, result, submitted, deadline, future),
                    isWorker(Thread.currentThread()) ? count : 0);
        } catch (QueueFull problem) {
            metrics.count(Outcome.REFUSED);
            throw problem;
        }
        if (dropped != null) {
            metrics.count(Outcome.DROPPED);
            dropped.future().fail(new FrameNotInspectedException.Dropped());
        }
        return future;
    }

    private synchronized void start() {
        while (threads.size() < count) {
            Thread thread = new Thread(this::run, "tandem-inspector-" + (threads.size() + 1));
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    private synchronized boolean isWorker(Thread thread) {
        return threads.contains(thread);
    }

    private void run() {
        Waiting next = queue.take();
        while (next != null) {
            try {
                next.future().finish(work.inspect(next.frame(), next.result(), next.submitted(), next.deadline()));
            } catch (Throwable problem) {
                next.future().fail(problem);
            }
            next = queue.take();
        }
    }

    /** Frames that wait. */
    int waiting() {
        return queue.size();
    }

    /** Refuses later frames and waits for the others, unless the caller is one of these threads. */
    @Override
    public void close() {
        queue.close();
        List<Thread> running;
        synchronized (this) {
            running = List.copyOf(threads);
        }
        if (running.contains(Thread.currentThread())) {
            return;
        }
        boolean interrupted = false;
        for (Thread thread : running) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
