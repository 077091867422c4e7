package tandem.tools.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The bundle names the license of every library in it. */
class ThirdPartyTest {

    /** Libraries of tests, benchmarks and the build, which are in no bundle. */
    private static final String OTHERS =
            "(junit|opentest4j|apiguardian|archunit|onnxruntime|jmh|jopt|commons-math|surefire|record-builder"
                    + "|jspecify|spark|maven|plexus).*";

    private static final Pattern LICENSE = Pattern.compile("(?i)META-INF/(.*/)?(.*licen[sc]e.*|AL2.0)");

    private static String text;
    private static String licensedByJar;

    @BeforeAll
    static void read() throws IOException {
        text = Launcher.resource("third-party.txt");
        int start = text.indexOf("contain their licenses, below META-INF:");
        licensedByJar = text.substring(start, text.indexOf("\n\n", start));
    }

    private static List<Path> jars() {
        List<Path> jars = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path jar = Path.of(entry);
            if (entry.endsWith(".jar") && !jar.getFileName().toString().matches(OTHERS)) {
                jars.add(jar);
            }
        }
        return jars;
    }

    /** The name of the library, such as {@code jcuda} for {@code jcuda-natives-12.6.0-linux-x86_64.jar}. */
    private static String library(Path jar) {
        return jar.getFileName().toString().replaceFirst("(-natives)?-\\d.*", "");
    }

    private static boolean names(String part, String library) {
        return Pattern.compile("(?<![\\w-])" + Pattern.quote(library) + "(?![\\w-])")
                .matcher(part)
                .find();
    }

    @Test
    void everyLibraryIsNamed() throws IOException {
        Set<String> missing = new TreeSet<>();
        List<Path> jars = jars();
        for (Path jar : jars) {
            if (!names(text, library(jar))) {
                missing.add(jar.getFileName().toString());
            }
        }
        assertEquals(Set.of(), missing);
        assertTrue(jars.size() > 25, jars.toString());
    }

    @Test
    void jarsThatAreSaidToContainTheirLicenseDo() throws IOException {
        Set<String> licensed = new TreeSet<>();
        Set<String> named = new TreeSet<>();
        for (Path path : jars()) {
            try (JarFile jar = new JarFile(path.toFile())) {
                if (jar.stream()
                        .anyMatch(entry -> LICENSE.matcher(entry.getName()).matches())) {
                    licensed.add(library(path));
                }
            }
            if (names(licensedByJar, library(path))) {
                named.add(library(path));
            }
        }
        assertEquals(licensed, named);
    }

    @Test
    void everyNativeLibraryIsNamed() throws IOException {
        Set<String> natives = new TreeSet<>();
        for (Path path : jars()) {
            try (JarFile jar = new JarFile(path.toFile())) {
                jar.stream()
                        .map(JarEntry::getName)
                        .filter(ClassPath::isBundledNative)
                        .forEach(name -> natives.add(
                                name.substring(name.lastIndexOf('/') + 1).replaceFirst("(-\\d|\\.so).*", "")));
            }
        }
        assertTrue(
                natives.containsAll(Set.of("libdnnl", "libgomp", "libJCudaDriver", "libjnidispatch")),
                natives::toString);
        natives.removeIf(name -> names(text, name));
        assertEquals(Set.of(), natives);
    }

    /** The BSD and MIT licenses require their text and the line of copyright; the GPL requires its text. */
    @Test
    void theTextsOfTheLicensesAreThere() throws IOException {
        String line = text.replaceAll("\\s+", " ");
        for (String part : List.of(
                "Redistributions in binary form must reproduce the above copyright",
                "The above copyright notice and this permission notice shall be included in all copies",
                "asm, Copyright (c) 2000-2011 INRIA, France Telecom",
                "Copyright (c) 2008-2016 Marco Hutter - http://www.jcuda.org",
                "progressbar, Copyright (c) 2015--2020 Tongfei Chen",
                "(TwelveMonkeys ImageIO), Copyright (c) 2008-2020, Harald Kuhr",
                "Xbyak (in libdnnl), Copyright (c) 2007 MITSUNARI Shigeo")) {
            assertTrue(line.contains(part), part);
        }
        for (String name : Bundle.LICENSES) {
            assertTrue(line.contains("licenses/" + name), name);
        }
        assertEquals(Files.readString(Path.of("..", "LICENSE")), Launcher.resource("licenses/Apache-2.0.txt"));
        assertTrue(Launcher.resource("licenses/GPL-3.0.txt").contains("Version 3, 29 June 2007"));
        assertTrue(Launcher.resource("licenses/GCC-Runtime-Library-Exception-3.1.txt")
                .contains("Version 3.1, 31 March 2009"));
    }
}
