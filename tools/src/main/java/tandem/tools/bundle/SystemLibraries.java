package tandem.tools.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tandem.tools.Subprocess;

/**
 * System libraries that the JDK of the build machine uses. The JDK of a Linux distribution uses FreeType, libjpeg and
 * others of the system; the JDK of a vendor includes them. The bundle includes them, so that it also starts where they
 * are not installed.
 */
final class SystemLibraries {

    /** Not copied: the C library cannot be, and the C++ runtime must not be older than the GPU libraries require. */
    private static final Pattern EXPECTED = Pattern.compile(
            "(libc|libm|libdl|librt|libpthread|libresolv|libutil|libstdc\\+\\+|libgcc_s|ld-linux-x86-64|linux-vdso|linux-gate)\\.so(\\.\\d+)*");

    private static final Pattern FOUND =
            Pattern.compile("^\\s*(\\S+) => (/.*) \\(0x[0-9a-f]+\\)\\s*$", Pattern.MULTILINE);
    private static final Pattern MISSING = Pattern.compile("^\\s*(\\S+) => not found\\s*$", Pattern.MULTILINE);

    private SystemLibraries() {}

    /**
     * Copies the libraries that the runtime needs and a minimal system lacks.
     *
     * @param runtime the runtime made by jlink
     * @param folder destination; created if there is a library to copy
     * @return the copied files of this machine
     */
    static List<Path> copy(Path runtime, Path folder) throws IOException {
        List<String> command = new ArrayList<>(List.of("ldd"));
        Set<String> own = new TreeSet<>();
        try (Stream<Path> files = Files.walk(runtime)) {
            files.filter(file -> file.toString().endsWith(".so")).sorted().forEach(file -> {
                command.add(file.toString());
                own.add(file.getFileName().toString());
            });
        }
        String listing = Subprocess.run(
                "listing the libraries that the runtime needs",
                command,
                Map.of(
                        "LC_ALL",
                        "C",
                        "LD_LIBRARY_PATH",
                        runtime.resolve("lib/server").toString()));
        Map<String, Path> needed = needed(listing, own);
        for (Map.Entry<String, Path> library : needed.entrySet()) {
            Files.createDirectories(folder);
            Files.copy(library.getValue().toRealPath(), folder.resolve(library.getKey()));
        }
        return List.copyOf(needed.values());
    }

    /**
     * Parses the output of ldd.
     *
     * @param own libraries of the runtime itself
     * @return path by name, without the libraries that every system has
     * @throws BundleException when a library is missing on this machine
     */
    static Map<String, Path> needed(String listing, Set<String> own) {
        Map<String, Path> needed = new TreeMap<>();
        Matcher found = FOUND.matcher(listing);
        while (found.find()) {
            if (!own.contains(found.group(1))
                    && !EXPECTED.matcher(found.group(1)).matches()) {
                needed.put(found.group(1), Path.of(found.group(2)));
            }
        }
        Matcher missing = MISSING.matcher(listing);
        while (missing.find()) {
            if (!own.contains(missing.group(1))) {
                throw new BundleException(
                        "this JDK needs " + missing.group(1) + ", which is not installed on this machine; install it");
            }
        }
        return needed;
    }
}
