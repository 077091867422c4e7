package tandem.tools.kernel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import tandem.engine.Memory;
import tandem.engine.cpu.CpuDevice;
import tandem.kernels.ptx.PtxEntry;
import tandem.kernels.ptx.PtxParameter;
import tandem.kernels.ptx.PtxType;
import tandem.kernels.translate.MemoryMap;
import tandem.tools.InputException;

/**
 * The arguments of a kernel launch in memory.
 *
 * @param arrays the array arguments
 * @param parameters the packed parameter block
 * @param map what the kernel may access
 */
record PlacedArguments(List<PlacedArguments.Placed> arrays, Memory parameters, MemoryMap map) {

    /** An array argument, its number from 1, where it is and its contents before the launch. */
    record Placed(int number, KernelArgument.Array array, Memory memory, ByteBuffer before) {}

    /** Rejects arguments that do not fit the parameters of the entry. */
    static void requireFit(PtxEntry entry, List<KernelArgument> values) {
        List<PtxParameter> parameters = entry.parameters();
        if (parameters.size() != values.size()) {
            throw new InputException(CppName.of(entry.name()) + " takes " + parameters.size() + " arguments ("
                    + CostTable.parameters(entry)
                    + "), got " + values.size() + "; give each as --arg " + KernelArgument.SYNTAX);
        }
        for (int i = 0; i < values.size(); i++) {
            PtxParameter parameter = parameters.get(i);
            KernelArgument value = values.get(i);
            PtxType type = parameter.type();
            boolean array = !(value instanceof KernelArgument.Scalar);
            int bytes = array ? Long.BYTES : value.type().bytes();
            boolean kindFits = type.kind() == PtxType.Kind.BITS
                    || type.isFloat() == (!array && value.type().isFloat());
            if (!parameter.isScalar() || bytes != parameter.bytes() || !kindFits) {
                throw new InputException("argument " + (i + 1) + ", " + value.text() + ", does not fit parameter "
                        + parameter.name() + " of " + CppName.of(entry.name()) + ", which is ." + type.ptxName()
                        + "; the parameters are " + CostTable.parameters(entry));
            }
            if (value instanceof KernelArgument.Same same
                    && (same.number() < 1
                            || same.number() > i
                            || !(values.get(same.number() - 1) instanceof KernelArgument.Array))) {
                throw new InputException(
                        "--arg " + same.text() + ": argument " + same.number() + " is not an array before it");
            }
        }
    }

    /** Uploads the arrays and the packed parameters. */
    static PlacedArguments place(CpuDevice device, PtxEntry entry, List<KernelArgument> values, long seed)
            throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        ByteBuffer packed = buffer(Math.max(8, entry.parameterBytes()));
        MemoryMap map = new MemoryMap();
        List<Placed> arrays = new ArrayList<>();
        long[] addresses = new long[values.size()];
        for (int i = 0; i < values.size(); i++) {
            int offset = entry.parameters().get(i).offset();
            if (values.get(i) instanceof KernelArgument.Array array) {
                ByteBuffer contents = array.contents(random);
                Memory memory =
                        device.allocate(array.bytes(), "argument " + (i + 1)).memory();
                device.upload(contents, memory);
                map.add("argument " + (i + 1), memory.address(), memory.bytes(), array.isInitialized());
                addresses[i] = memory.address();
                packed.putLong(offset, addresses[i]);
                arrays.add(new Placed(i + 1, array, memory, contents));
            } else if (values.get(i) instanceof KernelArgument.Same same) {
                packed.putLong(offset, addresses[same.number() - 1]);
            } else if (values.get(i) instanceof KernelArgument.Scalar scalar) {
                packed.put(offset, scalar.bytes(), 0, scalar.type().bytes());
            }
        }
        Memory parameters = device.allocate(packed.capacity(), "parameters").memory();
        device.upload(packed, parameters);
        return new PlacedArguments(arrays, parameters, map);
    }

    /** The contents of an array now. */
    static ByteBuffer contents(CpuDevice device, Placed placed) {
        ByteBuffer contents = buffer(placed.array().bytes());
        device.download(placed.memory(), contents);
        return contents;
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
