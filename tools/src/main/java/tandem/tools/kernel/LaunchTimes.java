package tandem.tools.kernel;

import java.util.Arrays;
import java.util.Locale;
import tandem.kernels.Grid;
import tandem.kernels.translate.HostKernel;
import tandem.kernels.translate.Translator;

/**
 * Times kernel launches without checks.
 *
 * @param kernel translated in fast mode
 * @param grid of the launch
 * @param parameters address of the packed parameter block
 */
record LaunchTimes(HostKernel kernel, Grid grid, long parameters) {

    /** Launches once, all blocks in this thread; blocks that wait for each other have a thread each. */
    void launch() {
        if (kernel.isCooperative()) {
            kernel.runCooperatively(grid, parameters);
        } else {
            kernel.run(grid, parameters, 0, Math.toIntExact(grid.blocks()));
        }
    }

    /** Launches some times; minimum and median of the time in milliseconds. */
    String text(int launches) {
        double[] times = new double[launches];
        for (int i = 0; i < launches; i++) {
            long start = System.nanoTime();
            launch();
            times[i] = (System.nanoTime() - start) * 1e-6;
        }
        Arrays.sort(times);
        String name = kernel.entry().name();
        String how = kernel.isMachineCode()
                ? "machine code"
                : "bytecode (" + Translator.whyBytecode(kernel.module(), name) + ")";
        return String.format(
                Locale.ROOT,
                "%s: %d blocks of %d threads without checks as %s, %d kernel launches in %s: min %.4g ms, median %.4g ms",
                CppName.of(name),
                grid.blocks(),
                grid.threads(),
                how,
                launches,
                kernel.isCooperative() ? "a thread for each block" : "one thread",
                times[0],
                (times[(launches - 1) / 2] + times[launches / 2]) / 2);
    }
}
