package tandem.tools.kernel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import tandem.engine.Memory;
import tandem.engine.cpu.CpuDevice;
import tandem.kernels.Texture;
import tandem.kernels.ptx.PtxEntry;
import tandem.kernels.ptx.PtxParameter;
import tandem.kernels.ptx.PtxType;
import tandem.kernels.translate.MemoryMap;
import tandem.tools.InputException;

/**
 * The arguments of a kernel launch in memory.
 *
 * @param arrays the array arguments
 * @param textures the texture arguments, open until {@link #close}
 * @param parameters the packed parameter block
 * @param map what the kernel may access
 */
record PlacedArguments(List<PlacedArguments.Placed> arrays, List<Texture> textures, Memory parameters, MemoryMap map)
        implements AutoCloseable {

    /**
     * An array, where it is and its contents before the launch.
     *
     * @param number of the argument, from 1; {@code 2.3} is the third member of the second
     */
    record Placed(String number, KernelArgument.Array array, Memory memory, ByteBuffer before) {}

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
            if (value instanceof KernelArgument.Struct struct) {
                int bytes = struct.layout()[struct.members().size()];
                if (bytes != parameter.bytes()) {
                    throw new InputException("argument " + (i + 1) + ", " + value.text() + ", has " + bytes
                            + " bytes, but parameter " + parameter.name() + " of " + CppName.of(entry.name()) + " has "
                            + parameter.bytes());
                }
                continue;
            }
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
        List<Texture> textures = new ArrayList<>();
        long[] addresses = new long[values.size()];
        for (int i = 0; i < values.size(); i++) {
            int offset = entry.parameters().get(i).offset();
            String number = Integer.toString(i + 1);
            if (values.get(i) instanceof KernelArgument.Array array) {
                addresses[i] = place(device, array, number, random, map, arrays);
                packed.putLong(offset, addresses[i]);
            } else if (values.get(i) instanceof KernelArgument.Struct struct) {
                for (int m = 0; m < struct.members().size(); m++) {
                    int at = offset + struct.layout()[m];
                    if (struct.members().get(m) instanceof KernelArgument.Array array) {
                        packed.putLong(at, place(device, array, number + "." + (m + 1), random, map, arrays));
                    } else if (struct.members().get(m) instanceof KernelArgument.Scalar scalar) {
                        packed.put(at, scalar.bytes(), 0, scalar.type().bytes());
                    }
                }
            } else if (values.get(i) instanceof TextureArgument texture) {
                Texture opened = texture.open(place(device, texture.elements(), number, random, map, arrays));
                textures.add(opened);
                packed.putLong(offset, opened.handle());
            } else if (values.get(i) instanceof KernelArgument.Same same) {
                packed.putLong(offset, addresses[same.number() - 1]);
            } else if (values.get(i) instanceof KernelArgument.Scalar scalar) {
                packed.put(offset, scalar.bytes(), 0, scalar.type().bytes());
            }
        }
        Memory parameters = device.allocate(packed.capacity(), "parameters").memory();
        device.upload(packed, parameters);
        return new PlacedArguments(arrays, textures, parameters, map);
    }

    private static long place(
            CpuDevice device,
            KernelArgument.Array array,
            String number,
            SplittableRandom random,
            MemoryMap map,
            List<Placed> arrays)
            throws IOException {
        ByteBuffer contents = array.contents(random);
        Memory memory = device.allocate(array.bytes(), "argument " + number).memory();
        device.upload(contents, memory);
        map.add("argument " + number, memory.address(), memory.bytes(), array.isInitialized());
        arrays.add(new Placed(number, array, memory, contents));
        return memory.address();
    }

    @Override
    public void close() {
        textures.forEach(Texture::close);
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
