package tandem.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.kernels.ptx.PtxEntry;
import tandem.kernels.ptx.PtxModule;

class LaunchArgumentsTest {

    private static final PtxEntry ENTRY = PtxModule.parse("sample.ptx", """
            .version 7.8
            .target sm_75
            .address_size 64
            .visible .entry sample(.param .u32 a, .param .u64 b, .param .f32 c, .param .s64 d)
            {
                ret;
            }
            """).entry("sample");

    @Test
    void eachArgumentLiesAtTheOffsetOfItsParameter() {
        LaunchArguments arguments = new LaunchArguments(ENTRY, 7, new Memory(0x1122334455667788L, 16), 1.5f, -2L);
        // PTX aligns each parameter to its own size: 0, 8, 16, 24.
        assertEquals(7, arguments.packed().getInt(0));
        assertEquals(0x1122334455667788L, arguments.packed().getLong(8));
        assertEquals(1.5f, arguments.packed().getFloat(16));
        assertEquals(-2, arguments.packed().getLong(24));
        assertEquals(1, arguments.memories().size());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void aWrongKindNamesKernelAndParameter(int wrong) {
        Object[] arguments = {7, Memory.NONE, 1.5f, 2L};
        arguments[wrong] = new Object[] {1.0f, 3, 3, 4}[wrong];
        String message = assertThrows(IllegalArgumentException.class, () -> new LaunchArguments(ENTRY, arguments))
                .getMessage();
        assertTrue(message.contains("sample") && message.contains("parameter " + "abcd".charAt(wrong)), message);
    }

    private record Half(float c, long d) implements KernelArguments {}

    private record Whole(int a, Memory b, Half rest) implements KernelArguments {}

    @Test
    void aRecordStandsForItsComponentsInTheirOrder() {
        LaunchArguments arguments = new LaunchArguments(ENTRY, new Whole(7, new Memory(16, 16), new Half(1.5f, -2L)));
        assertEquals(7, arguments.packed().getInt(0));
        assertEquals(16, arguments.packed().getLong(8));
        assertEquals(1.5f, arguments.packed().getFloat(16));
        assertEquals(-2, arguments.packed().getLong(24));
        assertEquals(1, arguments.memories().size());
        String message = assertThrows(
                        IllegalArgumentException.class, () -> new LaunchArguments(ENTRY, new Half(1.5f, 2L), 1, 2))
                .getMessage();
        assertTrue(message.contains("parameter a"), message);
    }

    private record Columns(float magic, float shift) implements KernelArguments {}

    private record Walk(Memory memory, Columns byColumns) implements KernelArguments {}

    private record Outer(Walk walk) implements KernelArguments {}

    private record Array(int a, Object[] rest) implements KernelArguments {}

    @Test
    void anArrayIsAComponentAndMessagesNameThePath() {
        Memory memory = new Memory(16, 16);
        LaunchArguments arguments = new LaunchArguments(ENTRY, new Array(7, new Object[] {memory, 1.5f, -2L}));
        assertEquals(7, arguments.packed().getInt(0));
        assertEquals(16, arguments.packed().getLong(8));
        assertEquals(1.5f, arguments.packed().getFloat(16));
        assertEquals(-2, arguments.packed().getLong(24));
        refused("argument 3 (rest[1]) of kernel sample is Integer 5", new Array(7, new Object[] {memory, 5, -2L}));
        refused(
                "argument 4 (walk.byColumns.shift) of kernel sample is Float 2.0",
                7,
                new Outer(new Walk(memory, new Columns(1f, 2f))));
        refused("argument 2 of kernel sample is Float 3.0", 7, 3f, 1.5f, 2L);
    }

    private static void refused(String start, Object... arguments) {
        String message = assertThrows(IllegalArgumentException.class, () -> new LaunchArguments(ENTRY, arguments))
                .getMessage();
        assertTrue(message.startsWith(start), message);
    }

    private static final class NoRecord implements KernelArguments {}

    @Test
    void argumentsThatAreNoRecordAreRejectedByName() {
        String message = assertThrows(
                        IllegalArgumentException.class, () -> new LaunchArguments(ENTRY, 7, new NoRecord()))
                .getMessage();
        assertTrue(message.startsWith(NoRecord.class.getName() + " implements KernelArguments but is not"), message);
    }

    @Test
    void aWrongCountIsAnError() {
        String message = assertThrows(IllegalArgumentException.class, () -> new LaunchArguments(ENTRY, 7))
                .getMessage();
        assertTrue(message.contains("4 arguments") && message.contains("got 1"), message);
        assertThrows(IllegalArgumentException.class, () -> new LaunchArguments(ENTRY, 7, null, 1f, 2L));
    }
}
