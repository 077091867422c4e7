package tandem.kernels.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tandem.kernels.Grid;
import tandem.kernels.ptx.PtxEntry;
import tandem.kernels.ptx.PtxModule;
import tandem.kernels.ptx.PtxParameter;
import tandem.kernels.ptx.SourceLines;

/**
 * Each fault planted in {@code planted/faults.cu} and {@code planted/faults2.cu} is found at its line, and each correct
 * kernel there passes. Lines are those of the {@code .cu}, written by hand; {@code planted/build.sh} makes the PTX.
 */
class PlantedFaultsTest {

    private static final Map<String, String> TEXTS = new HashMap<>();
    private static final Map<String, PtxModule> MODULES = new HashMap<>();

    private static String text(String file) {
        return TEXTS.computeIfAbsent(file, name -> {
            try (InputStream stream = PlantedFaultsTest.class.getResourceAsStream("planted/" + name + ".ptx")) {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /**
     * Runs an entry and returns what is found, as {@code PROBLEM line} or {@code PROBLEM line line} (two lines in
     * rising order).
     *
     * @param arguments {@code F8} eight floats 0, 1, ...; {@code I8} eight integers; {@code I8%4} modulo 4; {@code Z8}
     *     eight zeros; {@code U8} eight uninitialized words; {@code i5} the integer 5; {@code null}; {@code =1} the
     *     argument before the last; {@code struct} {@code {2, 3.0f, F32}}
     */
    private static Set<String> findings(String entry, String grid, String arguments, ThreadOrder order) {
        String file = entry.startsWith("f") ? "faults" : "faults2";
        PtxModule module = MODULES.computeIfAbsent(file, name -> PtxModule.parse(name + ".ptx", text(name)));
        HostKernel kernel = Translator.translate(module, entry, Mode.OBSERVED);
        MemoryMap memory = new MemoryMap();
        NativeArray packed = pack(kernel.entry(), arguments, memory);
        String[] dims = grid.split(",");
        SourceLines lines = SourceLines.of(text(file));
        AtomicInteger blocks = new AtomicInteger();
        List<CheckFailure> failures = kernel.findAll(
                Grid.of(Integer.parseInt(dims[0]), Integer.parseInt(dims[1])),
                packed.address(),
                memory,
                CheckedLaunch.standard()
                        .withOrder(order)
                        .withSourceLine(lines::number)
                        .withStopped(() -> blocks.incrementAndGet() > 100_000));
        Set<String> found = new TreeSet<>();
        for (CheckFailure failure : failures) {
            int line = lines.at(failure.line()).line();
            assertEquals(file + ".cu", lines.at(failure.line()).file());
            int other =
                    failure.otherLine() == 0 ? 0 : lines.at(failure.otherLine()).line();
            String both = Math.min(line, other) + " " + Math.max(line, other);
            found.add(failure.problem() + " " + (other == 0 ? "" + line : both));
        }
        return found;
    }

    private static NativeArray pack(PtxEntry entry, String arguments, MemoryMap memory) {
        String[] texts = arguments.split(" ");
        List<PtxParameter> parameters = entry.parameters();
        assertEquals(parameters.size(), texts.length);
        NativeArray packed = new NativeArray(Math.max(8, entry.parameterBytes()));
        List<NativeArray> arrays = new ArrayList<>();
        for (int i = 0; i < texts.length; i++) {
            String text = texts[i];
            int offset = parameters.get(i).offset();
            if (text.equals("null")) {
                packed.bytes().putLong(offset, 0);
            } else if (text.equals("struct")) {
                NativeArray array = array("F32", "argument " + (i + 1), memory);
                arrays.add(array);
                packed.bytes().putInt(offset, 2).putFloat(offset + 4, 3f).putLong(offset + 8, array.address());
            } else if (text.startsWith("=")) {
                packed.bytes()
                        .putLong(
                                offset,
                                arrays.get(Integer.parseInt(text.substring(1)) - 1)
                                        .address());
            } else if (text.startsWith("i")) {
                int value = Integer.parseInt(text.substring(1));
                switch (parameters.get(i).bytes()) {
                    case 1 -> packed.bytes().put(offset, (byte) value);
                    case 2 -> packed.bytes().putShort(offset, (short) value);
                    default -> packed.bytes().putInt(offset, value);
                }
            } else {
                arrays.add(array(text, "argument " + (i + 1), memory));
                packed.bytes().putLong(offset, arrays.get(arrays.size() - 1).address());
            }
        }
        return packed;
    }

    private static NativeArray array(String text, String name, MemoryMap memory) {
        String[] parts = text.substring(1).split("%");
        int count = Integer.parseInt(parts[0]);
        NativeArray array = new NativeArray(4 * count);
        for (int i = 0; i < count; i++) {
            switch (text.charAt(0)) {
                case 'F' -> array.bytes().putFloat(4 * i, i);
                case 'I' -> array.bytes().putInt(4 * i, parts.length > 1 ? i % Integer.parseInt(parts[1]) : i);
                default -> array.bytes().putInt(4 * i, 0);
            }
        }
        memory.add(name, array.address(), 4L * count, text.charAt(0) != 'U');
        return array;
    }

    private static Set<String> expected(String text) {
        return text.equals("none") ? Set.of() : new TreeSet<>(List.of(text.split("; ")));
    }

    @ParameterizedTest
    @CsvSource({
        "f01_oob, '1,65', F64 U65 i64, OUT_OF_BOUNDS 2",
        "f01b_oob_store, '1,64', F64 U64 i64, OUT_OF_BOUNDS 3",
        "f01c_before, '1,64', F64 U64 i64, OUT_OF_BOUNDS 4",
        "f02_misaligned, '1,8', F64 U8, MISALIGNED 5",
        "f03_uninit_global, '1,64', F64 U64 i64, UNINITIALISED 6",
        "f04_uninit_shared, '1,64', F64 U64, UNINITIALISED 9",
        "f05_uninit_local, '1,32', I9%8 U32, UNINITIALISED 13",
        "f05b_oob_local, '1,32', I16 U32, OUT_OF_BOUNDS 17",
        "f06_race_warps, '1,128', F128 U128, RACE 19 20",
        "f07_race_in_warp, '1,32', F32 U32, RACE 22 23",
        "f07b_race_in_warp_volatile, '1,64', F64 U1, RACE 26 26",
        "f07c_write_write, '1,64', U64, RACE 29 29",
        "f08_divergent_bar, '1,64', F64 U64, DIVERGENT 31 32",
        "f08b_divergent_bar_else, '1,64', F64 U64, DIVERGENT 35 35",
        "f08d_bar_warps, '1,64', F64 U64, DIVERGENT 42 45",
        "f09_block_race_ww, '2,32', U1, RACE 47 47",
        "f09b_block_race_rw, '2,32', F64 F64, RACE 48 48",
        "f09c_block_race_fenced, '2,32', F64 F64, RACE 49 49",
        "f09d_atomic_plain, '1,32', Z1, RACE 50 50",
        "f09e_atomic_plain_read, '1,32', Z1 U32, RACE 51 51",
        "f09f_atomic_blocks, '2,32', Z1 U2, RACE 52 52",
        "f10_ldg_after_write, '1,32', U32 U32, READ_ONLY 53 53",
        "f10b_restrict, '1,32', F33 =1, RACE 54 54",
        "f11_infinite, '1,32', Z2, STOPPED 55",
        "f11b_spin_blocks, '2,1', Z1 U1, STOPPED 56",
        "f11c_spin_warp_lock, '1,32', Z1 Z1, RACE 57 57",
        "f11d_infinite_compute, '1,1', U1 i3, STOPPED 58",
        "f11e_wait_other_warp, '1,64', Z1 U32, STOPPED 59",
        "f12_shfl_divergent, '1,32', F32 U32, DIVERGENT 60 60; INACTIVE_LANE 60",
        "f12b_shfl_inactive_src, '1,32', F32 U32, INACTIVE_LANE 61",
        "f15_shared_neighbour, '1,32', F32 U32, OUT_OF_BOUNDS 65",
        "f16_null, '1,32', null, OUT_OF_BOUNDS 66",
        "f17_trap, '1,32', F32 U32, TRAP 67",
        "f18_missing_sync_loop, '1,256', F256 U1, RACE 70 70",
        "f19_wrong_buffer, '1,64', F64 U64 i64, OUT_OF_BOUNDS 74",
        "f20_div_zero, '1,32', I32 U32, DIVISION_BY_ZERO 75",
        "f21_missing_sync_reuse, '1,64', F256 U256, RACE 78 80",
        "g01_lost_reader_warp, '1,64', U64, RACE 3 4",
        "g01b_control, '1,64', U64, RACE 7 8",
        "g02_block_edge_stencil, '2,32', F64, RACE 10 10",
        "g04_atomic_then_reader_other_block, '2,32', Z1 U32, RACE 12 12",
        "g05_shared_atomic_no_sync, '1,64', I64%32 U32, RACE 13 14",
        "g05b_shared_atomic_no_sync_after, '1,64', I64%32 U32, RACE 17 18",
        "g06_neighbour_buffers, '1,32', F32 U32 i32, OUT_OF_BOUNDS 19",
        "g08b_last_block_no_fence, '4,32', F128 U4 Z1 U1, RACE 26 28",
        "g11_float2_oob, '1,32', F31 U31 i31, OUT_OF_BOUNDS 31",
        "g13_shift_shared_ptr, '1,32', U32 i32, OUT_OF_BOUNDS 33",
        "g14_oob_device_var, '1,8', U8, OUT_OF_BOUNDS 36",
        "g15_oob_const_var, '1,8', U8, OUT_OF_BOUNDS 37",
        "g16_device_var_race, '2,32', U2, RACE 39 39",
        "g17_struct, '1,33', struct U33, OUT_OF_BOUNDS 41"
    })
    void plantedFault(String entry, String grid, String arguments, String expected) {
        assertEquals(expected(expected), findings(entry, grid, arguments, new ThreadOrder.Forward()));
    }

    /** A thread that returns before a barrier takes no part in it; 48,000 bytes of shared memory fit. */
    @ParameterizedTest
    @CsvSource({
        "f08c_early_return, '1,64', F64 U64 i48",
        "f10b_restrict, '1,32', F33 U32",
        "f13_big_shared, '1,64', U64",
        "f14_launch_bounds, '2,64', U128",
        "f14b_launch_bounds, '2,64', U128",
        "g03_block_ww_same, '2,32', U1",
        "g07_lock, '4,64', Z1 Z1",
        "g08_last_block, '4,32', F128 U4 Z1 U1",
        "g09_syncwarp_ok, '1,32', F32 U32",
        "g10_write_const, '1,32', F32 U32",
        "g12_nan, '1,32', F32 U32",
        "g17_struct, '1,32', struct U32",
        "g18_bool_char, '1,32', i1 i7 i300 U32"
    })
    void correctKernel(String entry, String grid, String arguments) {
        for (ThreadOrder order : List.of(
                new ThreadOrder.Forward(),
                new ThreadOrder.Reverse(),
                new ThreadOrder.Random(1),
                new ThreadOrder.Random(2))) {
            assertEquals(Set.of(), findings(entry, grid, arguments, order), order.toString());
        }
    }

    /** Races do not depend on which thread runs first. */
    @Test
    void racesAreFoundInAnyOrder() {
        for (ThreadOrder order : List.of(new ThreadOrder.Reverse(), new ThreadOrder.Random(5))) {
            for (String[] row : new String[][] {
                {"f06_race_warps", "1,128", "F128 U128", "RACE 19 20"},
                {"f07_race_in_warp", "1,32", "F32 U32", "RACE 22 23"},
                {"f09b_block_race_rw", "2,32", "F64 F64", "RACE 48 48"},
                {"f21_missing_sync_reuse", "1,64", "F256 U256", "RACE 78 80"},
                {"g01_lost_reader_warp", "1,64", "U64", "RACE 3 4"},
                {"g02_block_edge_stencil", "2,32", "F64", "RACE 10 10"},
                {"g05_shared_atomic_no_sync", "1,64", "I64%32 U32", "RACE 13 14"},
                {"g08b_last_block_no_fence", "4,32", "F128 U4 Z1 U1", "RACE 26 28"}
            }) {
                Set<String> found = findings(row[0], row[1], row[2], order);
                assertTrue(new HashSet<>(found).containsAll(expected(row[3])), row[0] + " " + order + " " + found);
            }
        }
    }
}
