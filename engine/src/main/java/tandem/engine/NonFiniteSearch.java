package tandem.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/**
 * Finds where the first NaN or infinity of a run arises: it checks the inputs and variables, then runs the program
 * operation by operation and checks each output before its memory is reused.
 */
public final class NonFiniteSearch {

    private static final int CHUNK_BYTES = 1 << 20;

    /**
     * A value that is not a number or infinite.
     *
     * @param tensor the tensor that contains it
     * @param operation what wrote it; empty for an input, parameter or state
     * @param index its element
     * @param value the value
     * @param count how many elements of the tensor are so
     */
    public record Finding(Tensor tensor, Optional<String> operation, long index, float value, long count) {
        @Override
        public String toString() {
            return tensor.role().name().toLowerCase(java.util.Locale.ROOT) + " " + tensor
                    + operation.map(name -> ", written by " + name + ",").orElse("") + " has " + count
                    + " such values, first " + value + " at element " + index;
        }
    }

    private final Device device;
    private final Program program;
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES).order(ByteOrder.nativeOrder());

    NonFiniteSearch(Device device, Program program) {
        this.device = device;
        this.program = program;
    }

    Optional<Finding> run(Graph graph, List<List<Command>> commands) {
        List<Operation> operations = graph.operations();
        for (Operation operation : operations) {
            for (Tensor input : operation.inputs()) {
                if (graph.base(input).role() != Tensor.Role.ACTIVATION) {
                    Optional<Finding> found = check(input, Optional.empty());
                    if (found.isPresent()) {
                        return found;
                    }
                }
            }
        }
        for (int i = 0; i < operations.size(); i++) {
            commands.get(i).forEach(Command::run);
            for (Tensor output : operations.get(i).outputs()) {
                Optional<Finding> found =
                        check(output, Optional.of(operations.get(i).name()));
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Finding> check(Tensor tensor, Optional<String> operation) {
        if (!tensor.type().floating()) {
            return Optional.empty();
        }
        Memory memory = program.memory(tensor);
        long first = -1;
        float value = 0;
        long count = 0;
        for (long offset = 0; offset < memory.bytes(); offset += CHUNK_BYTES) {
            int length = (int) Math.min(CHUNK_BYTES, memory.bytes() - offset);
            chunk.clear().limit(length);
            device.download(memory.slice(offset, length), chunk.duplicate().order(ByteOrder.nativeOrder()));
            for (int i = 0; i < length / tensor.type().bytes(); i++) {
                float element = tensor.type().value(chunk, i);
                if (!Float.isFinite(element)) {
                    if (count++ == 0) {
                        first = offset / tensor.type().bytes() + i;
                        value = element;
                    }
                }
            }
        }
        return count == 0 ? Optional.empty() : Optional.of(new Finding(tensor, operation, first, value, count));
    }
}
