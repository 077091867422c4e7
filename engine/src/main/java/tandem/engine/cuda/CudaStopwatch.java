package tandem.engine.cuda;

import jcuda.driver.CUevent;
import jcuda.driver.JCudaDriver;
import tandem.engine.DeviceLock;
import tandem.engine.Stopwatch;

/** Times pieces of work by events between them on the stream, so that the GPU never waits for the host in between. */
final class CudaStopwatch implements Stopwatch {

    private static final double NANOSECONDS = 1e6;

    private final CudaContext context;
    private final DeviceLock lock;
    private final CUevent[] events;
    private final float[] milliseconds = new float[1];
    private int made;

    CudaStopwatch(CudaContext context, DeviceLock lock, int pieces) {
        this.context = context;
        this.lock = lock;
        this.events = new CUevent[pieces + 1];
        try {
            for (int i = 0; i < events.length; i++) {
                events[i] = new CUevent();
                context.check(JCudaDriver.cuEventCreate(events[i], 0), "cuEventCreate");
                made++;
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    @Override
    public void start() {
        context.enter();
        record(0);
    }

    @Override
    public void lap(int piece) {
        record(piece + 1);
    }

    private void record(int event) {
        context.check(JCudaDriver.cuEventRecord(events[event], context.stream()), "cuEventRecord");
    }

    @Override
    public void addTo(long[] nanoseconds) {
        context.check(JCudaDriver.cuEventSynchronize(events[events.length - 1]), "cuEventSynchronize");
        for (int i = 0; i + 1 < events.length; i++) {
            context.check(JCudaDriver.cuEventElapsedTime(milliseconds, events[i], events[i + 1]), "cuEventElapsedTime");
            nanoseconds[i] += Math.round(milliseconds[0] * NANOSECONDS);
        }
    }

    @Override
    public void close() {
        lock.enterToClose();
        try {
            if (made > 0 && !context.isClosed()) {
                context.enterForClose();
                for (int i = 0; i < made; i++) {
                    JCudaDriver.cuEventDestroy(events[i]);
                }
            }
            made = 0;
        } finally {
            lock.exit();
        }
    }
}
