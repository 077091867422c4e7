package tandem.tools.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The processor as Linux describes it.
 *
 * @param model the model name, or the architecture where the system does not report it
 * @param threads hardware threads this process may use
 * @param extensions vector instruction sets, narrowest first, by their names in {@code /proc/cpuinfo}
 */
record ProcessorInfo(String model, int threads, List<String> extensions) {

    private static final List<String> KNOWN = List.of(
            "sse4_2",
            "avx",
            "f16c",
            "fma",
            "avx2",
            "avx_vnni",
            "avx512f",
            "avx512bw",
            "avx512vl",
            "avx512_vnni",
            "avx512_bf16",
            "avx512_fp16",
            "amx_tile",
            "amx_bf16",
            "amx_int8",
            "neon",
            "asimd",
            "sve",
            "sve2");

    /** The processor of this machine. */
    static ProcessorInfo here() {
        int threads = Runtime.getRuntime().availableProcessors();
        try {
            return parse(Files.readString(Path.of("/proc/cpuinfo")), threads);
        } catch (IOException e) {
            return new ProcessorInfo(System.getProperty("os.arch"), threads, List.of());
        }
    }

    /** Reads the text of {@code /proc/cpuinfo}. */
    static ProcessorInfo parse(String cpuinfo, int threads) {
        String model = value(cpuinfo, "model name", System.getProperty("os.arch"));
        List<String> flags = Arrays.asList(
                value(cpuinfo, "flags", value(cpuinfo, "Features", "")).split("\\s+"));
        return new ProcessorInfo(
                model, threads, KNOWN.stream().filter(flags::contains).toList());
    }

    private static String value(String cpuinfo, String key, String otherwise) {
        try (Stream<String> lines = cpuinfo.lines()) {
            return lines.filter(line -> line.startsWith(key)
                            && line.indexOf(':') > 0
                            && line.substring(0, line.indexOf(':')).strip().equals(key))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(otherwise);
        }
    }
}
