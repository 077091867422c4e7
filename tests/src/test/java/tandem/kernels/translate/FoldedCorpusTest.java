package tandem.kernels.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What NVIDIA's assembler computes for constant inputs, against the corpus and against the translator: for the inputs
 * of the corpus, and for others at the edges of the types.
 */
class FoldedCorpusTest {

    /** Files without constant results, or with threads that work together. */
    private static final String OTHERS =
            "(atom|ld\\.|st\\.|bar|shfl|vote|cvta|special|exit|ret|trap|bra|fences|system|wmma|mma|ldmatrix|cp\\.|tex|tld4|txq|surface).*";

    /** Files of which the assembler computes nothing: correctly rounded functions and permutations. */
    private static final String NOT_COMPUTED =
            "(approx\\.f64|div\\.f|division\\...(16|64)|fma|mad\\.f|rcp\\.f|sqrt\\.f|tanh|lop3|prmt|cvt\\.f16).*";

    /**
     * Forms that the assembler computes against the PTX ISA; the translator follows the ISA. {@code sub.sat.s32} does
     * not saturate where the negative of the second operand is not representable, and {@code slct.s32.s32} takes the
     * third operand for a float.
     */
    private static final Set<String> KNOWN = Set.of("sub.sat.s32", "slct.s32.s32");

    private static final int[] WORDS = {
        0,
        1,
        2,
        3,
        7,
        31,
        32,
        33,
        63,
        64,
        65,
        255,
        256,
        259,
        260,
        0x7FFF,
        0x8000,
        0xFFFF,
        0x7FFFFFFF,
        0x80000000,
        0x80000001,
        0xFFFFFFFE,
        0xFFFFFFFF
    };

    private static final int[] FLOATS = {
        0,
        0x80000000,
        1,
        0x80000001,
        0x7FFFFF,
        0x800000,
        0x3F800000,
        0xBF800000,
        0x7F800000,
        0xFF800000,
        0x7FC00000,
        0x7F7FFFFF,
        0x3F000000,
        0x40200000,
        0xBFC00000,
        0x4F000000,
        0xCF000000,
        0x4F800000,
        0x5F000000,
        0x477FF000
    };

    private static int folded;

    static Stream<CorpusFile> files() {
        return CorpusFile.all().stream()
                .filter(file -> !file.name().matches(OTHERS) && !file.name().matches(NOT_COMPUTED));
    }

    @AfterAll
    static void mostIsFolded() {
        assertTrue(folded > 25_000, "only " + folded + " values were found in the machine code");
    }

    @ParameterizedTest
    @MethodSource("files")
    void theCorpusAgreesWithTheAssembler(CorpusFile file) {
        List<String> wrong = new ArrayList<>();
        compare(file, (row, thread) -> file.rows().get(row).expected()[thread], wrong);
        assertEquals(List.of(), wrong);
    }

    @ParameterizedTest
    @MethodSource("files")
    void theTranslatorAgreesWithTheAssembler(CorpusFile file) {
        CorpusFile other = file.with(edges(file));
        long[][] results = other.run(Mode.FAST);
        List<String> wrong = new ArrayList<>();
        compare(other, (row, thread) -> results[row][thread], wrong);
        assertEquals(List.of(), wrong);
    }

    /** The inputs with half of their values replaced, and in another order. */
    private static List<long[]> edges(CorpusFile file) {
        SplittableRandom random = new SplittableRandom(file.name().hashCode());
        List<long[]> inputs = new ArrayList<>();
        for (int column = 0; column < file.inputs().size(); column++) {
            String type = file.types().get(column);
            long[] given = file.inputs().get(column);
            long[] values = new long[given.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = random.nextBoolean() ? given[random.nextInt(given.length)] : edge(type, random);
            }
            inputs.add(values);
        }
        return inputs;
    }

    private static long edge(String type, SplittableRandom random) {
        int bits = Integer.parseInt(type.replaceAll("\\D", ""));
        int single = FLOATS[random.nextInt(FLOATS.length)];
        long value = switch (type) {
            case "f32" -> single;
            case "f64" -> Double.doubleToRawLongBits(Float.intBitsToFloat(single));
            default -> {
                long word = WORDS[random.nextInt(WORDS.length)];
                yield bits == 64 && random.nextInt(3) == 0 ? Long.rotateLeft(word, 32) : word;
            }
        };
        return bits == 64 ? value : value & (1L << bits) - 1;
    }

    private interface Values {
        long of(int row, int thread);
    }

    private static void compare(CorpusFile file, Values values, List<String> wrong) {
        List<Map<Integer, Long>> constants = FoldedCorpus.fold(file);
        for (int thread = 0; thread < constants.size(); thread++) {
            for (Map.Entry<Integer, Long> constant : constants.get(thread).entrySet()) {
                CorpusFile.Row row = file.rows().get(constant.getKey());
                long actual = values.of(constant.getKey(), thread);
                folded++;
                if (!row.agrees(constant.getValue(), actual) && !KNOWN.contains(row.label())) {
                    int at = thread;
                    wrong.add(row.label() + " of "
                            + file.inputs().stream()
                                    .map(input -> Long.toHexString(input[at]))
                                    .toList() + ": the assembler computes "
                            + Long.toHexString(constant.getValue()) + ", not " + Long.toHexString(actual));
                }
            }
        }
    }
}
