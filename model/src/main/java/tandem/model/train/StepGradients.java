package tandem.model.train;

import tandem.engine.Buffer;
import tandem.engine.Command;
import tandem.engine.Device;
import tandem.engine.Gradients;
import tandem.engine.Memory;
import tandem.engine.Resources;
import tandem.engine.Weights;
import tandem.engine.optimizer.Accumulation;

/** The gradients of a step: those of its one batch, or their mean over its micro-batches. */
final class StepGradients implements AutoCloseable {

    private final Resources owned = new Resources();
    private final Gradients gradients;
    private final Buffer sum;
    private final Command[] first = new Command[2];
    private final Command[] next = new Command[2];

    /**
     * Allocates.
     *
     * @param sets sets of gradients, see {@link Gradients}
     * @param parts micro-batches
     */
    StepGradients(Device device, Weights weights, int sets, int parts) {
        gradients = owned.add(new Gradients(device, weights, sets));
        if (parts == 1) {
            sum = null;
            return;
        }
        try {
            sum = owned.add(device.allocate(gradients.sets().bytes(), "gradient sums"));
        } catch (RuntimeException | Error problem) {
            owned.closeAfter(problem);
            throw problem;
        }
        for (int all = 0; all < 2; all++) {
            Memory source = all == 1 ? gradients.sets() : gradients.all();
            Memory target = sum.memory().slice(0, source.bytes());
            first[all] = Accumulation.first(device, target, source, 1f / parts);
            next[all] = Accumulation.next(device, target, source, 1f / parts);
        }
    }

    /** Adds the gradients of a batch: those of the first set, or of {@code all}. */
    void add(int part, boolean all) {
        if (sum != null) {
            (part == 0 ? first : next)[all ? 1 : 0].run();
        }
    }

    /** The gradients of the last batch. */
    Gradients ofBatch() {
        return gradients;
    }

    /** The gradients of the step. */
    Memory set(int set) {
        Memory one = gradients.set(set);
        return sum == null
                ? one
                : sum.memory().slice(one.address() - gradients.sets().address(), one.bytes());
    }

    long bytes() {
        return gradients.sets().bytes() + (sum == null ? 0 : sum.memory().bytes());
    }

    @Override
    public void close() {
        owned.close();
    }
}
