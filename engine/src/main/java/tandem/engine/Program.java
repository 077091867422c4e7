package tandem.engine;

import java.nio.ByteBuffer;

/**
 * A planned graph with memory, ready to be replayed. After it is made, nothing is allocated.
 */
public final class Program implements AutoCloseable {

    /**
     * Memory that several programs of one device may share, since they run one after the other: activations and workspace,
     * sized for the largest of the plans.
     */
    public static final class Arena implements AutoCloseable {
        /** Allocates for the largest of {@code plans}. */
        public Arena(Device device, Plan... plans) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    /**
     * Fixes every address and makes every command.
     *
     * @param gradients where parameter gradients go; null when the graph has none
     */
    public Program(Device device, Plan plan, Weights weights, Gradients gradients, Arena arena) {
        throw new UnsupportedOperationException();
    }

    /** A program with an arena of its own, for tests and single graphs. */
    public static Program of(Device device, Graph graph, Weights weights, Gradients gradients) {
        throw new UnsupportedOperationException();
    }

    /** Writes an input; {@code values} must hold exactly its bytes, in native order. */
    public void upload(Tensor input, ByteBuffer values) {
        throw new UnsupportedOperationException();
    }

    /** Runs all operations. */
    public void run() {
        throw new UnsupportedOperationException();
    }

    /** Waits, then reads a kept tensor (or an input, constant or variable) into {@code values}, native order. */
    public void download(Tensor tensor, ByteBuffer values) {
        throw new UnsupportedOperationException();
    }

    /** Where a tensor of the graph lies. */
    public Memory memory(Tensor tensor) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
