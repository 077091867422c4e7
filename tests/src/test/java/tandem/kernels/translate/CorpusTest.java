package tandem.kernels.translate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tandem.kernels.assembler.Assembler;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxModule;
import tandem.kernels.ptx.Statement;

/**
 * Every instruction form against outputs computed from its definition in the PTX ISA by
 * {@code src/test/python/corpus/make_corpus.py}, which makes the files again.
 */
class CorpusTest {

    static List<CorpusFile> files() {
        return CorpusFile.all();
    }

    @ParameterizedTest
    @MethodSource("files")
    void translatesAsTheIsaDefines(CorpusFile file) {
        for (Mode mode : Mode.values()) {
            long[][] results = file.run(mode);
            List<String> wrong = new ArrayList<>();
            for (int row = 0; row < results.length; row++) {
                CorpusFile.Row expected = file.rows().get(row);
                for (int t = 0; t < file.threads(); t++) {
                    if (!expected.agrees(expected.expected()[t], results[row][t])) {
                        int thread = t;
                        wrong.add(expected.label() + " of thread " + t + " (inputs "
                                + file.inputs().stream()
                                        .map(input -> Long.toHexString(input[thread]))
                                        .toList() + "): expected "
                                + Long.toHexString(expected.expected()[t]) + " but was "
                                + Long.toHexString(results[row][t]));
                    }
                }
            }
            assertEquals(List.of(), wrong, mode + " mode, " + wrong.size() + " wrong");
        }
    }

    @Test
    void everySupportedFormOccurs() {
        Set<String> missing = new TreeSet<>(Translator.supportedForms());
        assertTrue(missing.size() > 1500, "only " + missing.size() + " forms are supported");
        for (CorpusFile file : files()) {
            PtxModule module = file.module();
            for (Statement statement : module.entry("corpus").body()) {
                if (statement instanceof PtxInstruction instruction) {
                    Translator.formsOf(module, instruction).forEach(missing::remove);
                }
            }
        }
        assertEquals(Collections.emptySet(), missing);
    }

    @Test
    void assembles() {
        Pattern target = Pattern.compile("\\.target (sm_\\d+)");
        for (CorpusFile file : files()) {
            Matcher matcher = target.matcher(file.text());
            assertTrue(matcher.find(), file.name());
            Assembler.assemble(file.name(), file.text(), matcher.group(1));
        }
    }
}
