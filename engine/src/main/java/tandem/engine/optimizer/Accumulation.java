package tandem.engine.optimizer;

import tandem.engine.Command;
import tandem.engine.Device;
import tandem.engine.Memory;
import tandem.kernels.Catalogue;
import tandem.kernels.KernelEntry;

/** Sums of gradients over micro-batches. */
public final class Accumulation {

    private Accumulation() {}

    /** sum = scale * gradients, regardless of the old sum: for the first micro-batch. */
    public static Command first(Device device, Memory sum, Memory gradients, float scale) {
        return launch(device, sum, gradients, 0, scale);
    }

    /** sum = sum + scale * gradients: for every later one. */
    public static Command next(Device device, Memory sum, Memory gradients, float scale) {
        return launch(device, sum, gradients, 1, scale);
    }

    private static Command launch(Device device, Memory sum, Memory gradients, float beta, float scale) {
        Arena.requireSameLength("gradients and their sum", gradients, sum);
        int n = Arena.elements(gradients);
        KernelEntry kernel = Catalogue.find("gradient_accumulate");
        return device.launch(kernel, kernel.elements(Arena.fours(n)), sum, gradients, beta, scale, n);
    }
}
