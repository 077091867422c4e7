package tandem.kernels.translate.machine;

/** Runs the threads of one block until all have exited, letting each go on from the resume point it has reached. */
final class Scheduler {

    /** Runs a block of {@code threads} threads. */
    void run(KernelCode code, BlockContext context, int threads) {
        int[] state = context.state;
        java.util.Arrays.fill(state, 0, threads, 0);
        int thread = 0;
        while (thread < threads) {
            if (state[thread] == BlockContext.EXITED) {
                thread++;
            } else {
                code.segment(state[thread], context, 0, threads);
            }
        }
    }
}
