package tandem.engine.cuda;

import java.util.Collections;
import jcuda.driver.CUevent;
import jcuda.driver.JCudaDriver;
import tandem.engine.Command;
import tandem.engine.LibraryException;
import tandem.engine.Recording;
import tandem.engine.memory.Allocations;

/**
 * Times commands by events on the stream. A short command is recorded several times in a row and replayed, as a single
 * run would measure how fast the host launches it.
 */
final class CommandTimer implements AutoCloseable {

    private static final int REPETITIONS = 3;
    /** Milliseconds below which a command is short: several times what a launch costs. */
    private static final float SHORT = 0.2f;

    private static final int RUNS = 10;

    private final CudaContext context;
    private final Allocations memory;
    private final boolean graphs;
    private final CUevent start = new CUevent();
    private final CUevent end = new CUevent();
    private final float[] milliseconds = new float[1];

    /** A command that cannot be run: the library refuses it. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        private Refused(LibraryException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /** @param graphs whether recordings are CUDA graphs */
    CommandTimer(CudaContext context, Allocations memory, boolean graphs) {
        this.context = context;
        this.memory = memory;
        this.graphs = graphs;
        context.check(JCudaDriver.cuEventCreate(start, 0), "cuEventCreate");
        int made = JCudaDriver.cuEventCreate(end, 0);
        if (made != 0) {
            JCudaDriver.cuEventDestroy(start);
            throw context.failure(made, "cuEventCreate");
        }
    }

    /**
     * Milliseconds of the fastest of a few runs, after one that is not timed. Closes the command.
     *
     * @param enough milliseconds above which the first run decides
     * @throws Refused when it cannot be run or recorded
     */
    float time(Command command, double enough) throws Refused {
        try (command) {
            run(command::run);
            float min = min(command::run, 1, enough);
            if (min >= SHORT) {
                return min;
            }
            try (Recording recording = record(command)) {
                run(recording::replay);
                return min(recording::replay, RUNS, enough);
            }
        }
    }

    private Recording record(Command command) throws Refused {
        try {
            return graphs
                    ? CudaRecording.capture(context, memory, Collections.nCopies(RUNS, command))
                    : CudaRecording.list(context, memory, Collections.nCopies(RUNS, command));
        } catch (LibraryException e) {
            throw new Refused(e);
        }
    }

    private float min(Runnable work, int runs, double enough) throws Refused {
        float min = Float.POSITIVE_INFINITY;
        for (int i = 0; i < REPETITIONS && !(min > enough && i > 0); i++) {
            context.check(JCudaDriver.cuEventRecord(start, context.stream()), "cuEventRecord");
            run(work);
            context.check(JCudaDriver.cuEventRecord(end, context.stream()), "cuEventRecord");
            context.check(JCudaDriver.cuEventSynchronize(end), "cuEventSynchronize");
            context.check(JCudaDriver.cuEventElapsedTime(milliseconds, start, end), "cuEventElapsedTime");
            min = Math.min(min, milliseconds[0] / runs);
        }
        return min;
    }

    private static void run(Runnable work) throws Refused {
        try {
            work.run();
        } catch (LibraryException e) {
            throw new Refused(e);
        }
    }

    @Override
    public void close() {
        JCudaDriver.cuEventDestroy(start);
        JCudaDriver.cuEventDestroy(end);
    }
}
