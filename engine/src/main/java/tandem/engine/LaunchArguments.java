package tandem.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tandem.kernels.ptx.PtxEntry;
import tandem.kernels.ptx.PtxParameter;
import tandem.kernels.ptx.PtxType;

/**
 * The arguments of one kernel launch, checked against the {@code .param} list of the PTX entry and packed as the kernel
 * reads them: each at its parameter's offset, in direct memory.
 */
public final class LaunchArguments {

    private final ByteBuffer packed;
    private final List<Memory> memories = new ArrayList<>();

    /**
     * Checks and packs.
     *
     * @param given {@link Memory}, {@link Integer}, {@link Long}, {@link Float} or {@link KernelArguments}, in the
     *     order of the parameters
     * @throws IllegalArgumentException when count, size or kind differ, or a {@link KernelArguments} is no record;
     *     names the kernel, the parameter, and the path of an argument inside of records
     */
    public LaunchArguments(PtxEntry entry, Object... given) {
        List<FlatArgument> arguments = FlatArgument.of(given);
        List<PtxParameter> parameters = entry.parameters();
        if (arguments.size() != parameters.size()) {
            throw new IllegalArgumentException("kernel " + entry.name() + " takes " + parameters.size() + " arguments "
                    + signature(entry) + ", got " + arguments.size());
        }
        packed = ByteBuffer.allocateDirect(Math.max(8, entry.parameterBytes())).order(ByteOrder.nativeOrder());
        for (int i = 0; i < arguments.size(); i++) {
            put(entry, i, arguments.get(i));
        }
    }

    private void put(PtxEntry entry, int index, FlatArgument given) {
        Object argument = given.value();
        PtxParameter parameter = entry.parameters().get(index);
        PtxType type = parameter.type();
        boolean integer = !type.isFloat();
        if (parameter.isScalar() && argument instanceof Memory memory && integer && type.bytes() == 8) {
            packed.putLong(parameter.offset(), memory.address());
            memories.add(memory);
        } else if (parameter.isScalar() && argument instanceof Long value && integer && type.bytes() == 8) {
            packed.putLong(parameter.offset(), value);
        } else if (parameter.isScalar() && argument instanceof Integer value && integer && type.bytes() == 4) {
            packed.putInt(parameter.offset(), value);
        } else if (parameter.isScalar()
                && argument instanceof Float value
                && (type == PtxType.F32 || type == PtxType.B32)) {
            packed.putFloat(parameter.offset(), value);
        } else {
            throw new IllegalArgumentException("argument " + given.place(index) + " of kernel " + entry.name() + " is "
                    + (argument == null ? "null" : argument.getClass().getSimpleName() + " " + argument)
                    + ", but parameter "
                    + parameter.name() + " is ." + type.ptxName()
                    + (parameter.isScalar() ? "" : "[" + parameter.bytes() / type.bytes() + "]")
                    + "; all of them: " + signature(entry));
        }
    }

    private static String signature(PtxEntry entry) {
        return entry.parameters().stream()
                .map(parameter -> "." + parameter.type().ptxName())
                .collect(Collectors.joining(", ", "(", ")"));
    }

    /** The packed block, in native order; it lives as long as this object. */
    public ByteBuffer packed() {
        return packed;
    }

    /** The memories among the arguments, in order, {@link Memory#NONE} included. */
    public List<Memory> memories() {
        return memories;
    }
}
