package tandem.engine;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import tandem.kernels.KernelEntry;

/**
 * One node of a graph: what it reads and writes, and which commands it becomes on a device. One through which gradients
 * pass is {@link Differentiable}. Implementations are small; most are made by {@link KernelOperation}.
 */
public interface Operation {

    /** Its name in profiles and errors, such as {@code convolution_forward}. */
    String name();

    /** Tensors read. States that are updated in place are listed here too. */
    List<Tensor> inputs();

    /** Tensors written; each is written by one operation only. */
    List<Tensor> outputs();

    /**
     * The numbers that determine, together with the tensors, what it computes, such as {@code stride} of a convolution.
     * They are for those who translate a graph into another format; operations that occur in no graph for inference
     * have none.
     */
    default Map<String, Number> attributes() {
        return Map.of();
    }

    /**
     * The input whose memory the output shares, under another shape; empty for an operation that writes memory of its
     * own.
     */
    default Optional<Tensor> viewed() {
        return Optional.empty();
    }

    /**
     * Whether the gradients of its inputs are zero by intention. A gradient that reaches an operation that is neither
     * {@link Differentiable} nor states this is an error.
     */
    default boolean stopsGradient() {
        return false;
    }

    /** The kernels of its launches, so that they can be prepared early; those of libraries are not among them. */
    default List<KernelEntry> kernels() {
        return List.of();
    }

    /** Chooses how to run on {@code device}, before any memory is planned. */
    Lowered lower(Device device);

    /** An operation prepared for one device. */
    interface Lowered {

        /** Scratch bytes needed while it runs; 0 for none. */
        default long workspaceBytes() {
            return 0;
        }

        /** The commands, in order, with every address fixed. When it throws, it has closed those made before. */
        List<Command> bind(Binding binding, Memory workspace);

        /**
         * Bytes that a frozen program stores for what depends on variables alone, such as a filter in the library's own
         * layout.
         */
        default long preparedBytes() {
            return 0;
        }

        /** Scratch bytes of the commands of a frozen program. */
        default long frozenWorkspaceBytes() {
            return workspaceBytes();
        }

        /** The variable that a run of a frozen program does not read, as everything that depends on it is stored. */
        default Optional<Tensor> preparedFrom() {
            return Optional.empty();
        }

        /** The commands of a frozen program, whose variables do not change between runs. */
        default Frozen freeze(Binding binding, Memory workspace, Memory prepared) {
            return new Frozen(List.of(), bind(binding, workspace));
        }
    }

    /**
     * The commands of an operation in a frozen program.
     *
     * @param once fill the prepared memory from the variables
     * @param always what each run does
     */
    record Frozen(List<Command> once, List<Command> always) {}

    /** The memory of each tensor. */
    @FunctionalInterface
    interface Binding {
        /** The memory of a tensor of this graph. */
        Memory of(Tensor tensor);
    }
}
