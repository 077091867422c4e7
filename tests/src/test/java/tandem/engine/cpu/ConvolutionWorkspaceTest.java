package tandem.engine.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.engine.Activation;
import tandem.engine.Buffer;
import tandem.engine.Command;
import tandem.engine.ConvolutionKind;
import tandem.engine.Dnn.ConvolutionShape;
import tandem.engine.Dnn.Primitive;
import tandem.engine.Memory;

/** No algorithm writes behind its workspace or its result. */
class ConvolutionWorkspaceTest {

    private static final int MARK = 0x5A5A5A5A;
    private static final int MARKED_BYTES = 1 << 18;

    private static final List<ConvolutionShape> SHAPES = List.of(
            new ConvolutionShape(2, 64, 64, 8, 16, 1, 1, 2, 0),
            new ConvolutionShape(1, 64, 64, 1, 16, 1, 1, 2, 0),
            new ConvolutionShape(1, 48, 40, 3, 20, 1, 1, 2, 0),
            new ConvolutionShape(1, 33, 31, 24, 65, 1, 1, 2, 0),
            new ConvolutionShape(1, 33, 31, 24, 36, 1, 1, 1, 0),
            new ConvolutionShape(2, 33, 31, 32, 36, 3, 3, 1, 1),
            new ConvolutionShape(3, 40, 40, 40, 36, 3, 3, 1, 1),
            new ConvolutionShape(1, 33, 31, 3, 8, 3, 3, 2, 1),
            new ConvolutionShape(1, 33, 31, 24, 128, 3, 3, 1, 1),
            new ConvolutionShape(1, 10, 10, 128, 192, 3, 3, 1, 1));

    private static ByteBuffer marks(int bytes) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        for (int i = 0; i < bytes; i += Integer.BYTES) {
            buffer.putInt(i, MARK);
        }
        return buffer;
    }

    /** Memory that marks follow. */
    private static Memory marked(CpuDevice device, long bytes) {
        long aligned = Memory.aligned(bytes);
        Buffer buffer = device.allocate(aligned + MARKED_BYTES, "marked");
        device.upload(marks(MARKED_BYTES), buffer.memory().slice(aligned, MARKED_BYTES));
        return buffer.memory();
    }

    private static Memory unmarked(Memory memory) {
        return memory.slice(0, memory.bytes() - MARKED_BYTES);
    }

    private static void check(CpuDevice device, Memory memory, String what) {
        ByteBuffer read = ByteBuffer.allocateDirect(MARKED_BYTES).order(ByteOrder.nativeOrder());
        device.download(memory.slice(memory.bytes() - MARKED_BYTES, MARKED_BYTES), read);
        IntBuffer values = read.rewind().order(ByteOrder.nativeOrder()).asIntBuffer();
        for (int i = 0; i < values.limit(); i++) {
            int bytes = 4 * i;
            assertEquals(MARK, values.get(i), () -> what + ", bytes behind: " + bytes);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void nothingIsWrittenBehindIt(int threads) {
        for (ConvolutionShape shape : SHAPES) {
            List<CpuConvolution> all = new ArrayList<>();
            for (ConvolutionKind kind : ConvolutionKind.values()) {
                all.add(CpuConvolution.of(kind, shape, false));
            }
            all.add(new CpuConvolution(ConvolutionKind.FORWARD, shape, true, true, Activation.RELU));
            for (CpuConvolution convolution : all) {
                for (ConvolutionAlgorithm algorithm : ConvolutionAlgorithm.values()) {
                    if (algorithm.fits(convolution)) {
                        check(threads, convolution, algorithm);
                    }
                }
            }
        }
    }

    private static void check(int threads, CpuConvolution convolution, ConvolutionAlgorithm algorithm) {
        try (CpuDevice device = new CpuDevice(CpuDevice.Options.standard().withThreads(threads))) {
            Primitive primitive = device.convolution(convolution, algorithm);
            Memory workspace = marked(device, primitive.workspaceBytes());
            List<Memory> arguments = convolution.arguments().stream()
                    .map(elements -> elements == 0 ? Memory.NONE : marked(device, elements * Float.BYTES))
                    .toList();
            Memory[] bound = arguments.stream()
                    .map(memory -> memory.bytes() == 0 ? memory : unmarked(memory))
                    .toArray(Memory[]::new);
            try (Command command = primitive.bind(unmarked(workspace), bound)) {
                command.run();
            }
            String what = algorithm.text() + ", " + convolution;
            check(device, workspace, "workspace of " + what);
            if (primitive.preparedBytes() > 0) {
                checkPrepared(device, primitive, bound, what);
            }
            for (Memory argument : arguments) {
                if (argument.bytes() > 0) {
                    check(device, argument, what);
                }
            }
        }
    }

    /** The same for the two commands of a frozen program. */
    private static void checkPrepared(CpuDevice device, Primitive primitive, Memory[] bound, String what) {
        Memory workspace = marked(device, primitive.preparedWorkspaceBytes());
        Memory prepared = marked(device, primitive.preparedBytes());
        try (Command first = primitive.bindPreparation(unmarked(workspace), unmarked(prepared), bound);
                Command second = primitive.bindPrepared(unmarked(workspace), unmarked(prepared), bound)) {
            first.run();
            second.run();
        }
        check(device, workspace, "workspace after the preparation of " + what);
        check(device, prepared, "prepared filters of " + what);
    }
}
