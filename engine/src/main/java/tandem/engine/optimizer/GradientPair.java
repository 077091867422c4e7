package tandem.engine.optimizer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import tandem.engine.Buffer;
import tandem.engine.Command;
import tandem.engine.Device;
import tandem.engine.Memory;
import tandem.engine.Resources;
import tandem.kernels.Catalogue;
import tandem.kernels.KernelEntry;

/**
 * Two gradients of the same parameters, kept on the device: their norms, the angle between them, and their sum without
 * conflict (PCGrad, Yu et al. 2020, algorithm 1). Sums run in a fixed order.
 */
public final class GradientPair implements AutoCloseable {

    /** Of {@code gradient_pair_partials}. */
    private static final int ELEMENTS_PER_THREAD = 64;

    private static final KernelEntry SUMS = Catalogue.find("gradient_pair_partials");
    private static final int STATUS_COUNT = 3;

    private final Device device;
    private final Resources owned = new Resources();
    private final Buffer partials;
    private final Buffer status;
    private final List<Command> commands = new ArrayList<>();
    private final ByteBuffer read =
            ByteBuffer.allocateDirect(STATUS_COUNT * Float.BYTES).order(ByteOrder.nativeOrder());

    /**
     * A pair.
     *
     * @param first the ranges of the first gradient, at least one, each at a multiple of 16 bytes
     * @param second those of the second, of the same lengths
     */
    public GradientPair(Device device, List<Memory> first, List<Memory> second) {
        if (first.isEmpty() || first.size() != second.size()) {
            throw new IllegalArgumentException("a pair of gradients needs as many ranges of each, at least one, got "
                    + first.size() + " and " + second.size());
        }
        this.device = device;
        int blocks = first.stream().mapToInt(GradientPair::blocks).sum();
        try {
            partials = owned.add(device.allocate(3L * blocks * Float.BYTES, "pair of gradients, partial sums"));
            status = owned.add(device.allocate(STATUS_COUNT * Float.BYTES, "pair of gradients"));
            int done = 0;
            for (int i = 0; i < first.size(); i++) {
                Memory a = first.get(i);
                Arena.requireSameLength("both gradients", a, second.get(i));
                int count = blocks(a);
                commands.add(device.launch(
                        SUMS,
                        SUMS.blocks(count),
                        a,
                        second.get(i),
                        partials.memory().slice(3L * done * Float.BYTES, 3L * count * Float.BYTES),
                        Arena.elements(a)));
                done += count;
            }
            KernelEntry finish = Catalogue.find("gradient_pair_finish");
            commands.add(device.launch(finish, finish.blocks(1), partials.memory(), blocks, status.memory()));
        } catch (RuntimeException | Error problem) {
            owned.closeAfter(problem);
            throw problem;
        }
    }

    private static int blocks(Memory range) {
        return SUMS.blockCount(Arena.elements(range), ELEMENTS_PER_THREAD);
    }

    /** What computes norms and dot product. */
    public List<Command> commands() {
        return commands;
    }

    /**
     * The sum of two ranges. Where they are {@code shared} by both losses and the gradients of this pair oppose each
     * other, the component of each along the other is subtracted first: a - (a b / |b|^2) b and b - (a b / |a|^2) a, so
     * that the sum opposes neither. With two losses the order in which they are projected makes no difference.
     *
     * @param shared whether the range is one of this pair's; others are only added
     */
    public Command sum(Memory first, Memory second, Memory sum, boolean shared) {
        Arena.requireSameLength("both gradients", first, second);
        Arena.requireSameLength("gradients and their sum", first, sum);
        int n = Arena.elements(first);
        KernelEntry kernel = Catalogue.find("gradient_pair_sum");
        return device.launch(
                kernel, kernel.elements(Arena.fours(n)), first, second, status.memory(), sum, n, shared ? 1 : 0);
    }

    /** Waits for earlier commands and reads the values that the accessors return. Allocates nothing. */
    public void refresh() {
        read.clear();
        device.download(status.memory(), read);
    }

    /** Euclidean norm of the first gradient, as of the last {@link #refresh}. */
    public double firstNorm() {
        return Math.sqrt(read.getFloat(4));
    }

    /** Euclidean norm of the second. */
    public double secondNorm() {
        return Math.sqrt(read.getFloat(8));
    }

    /** Cosine of the angle between them; 0 when one of them is 0. */
    public double cosine() {
        double norms = firstNorm() * secondNorm();
        return norms == 0 ? 0 : Math.max(-1, Math.min(1, read.getFloat(0) / norms));
    }

    @Override
    public void close() {
        owned.close();
    }
}
