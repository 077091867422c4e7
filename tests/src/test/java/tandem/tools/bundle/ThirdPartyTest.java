package tandem.tools.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

/** The bundle names the license of every library whose jar contains none. */
class ThirdPartyTest {

    /** Libraries of tests and benchmarks, which are in no bundle. */
    private static final String OTHERS =
            "(junit|opentest4j|apiguardian|archunit|onnxruntime|jmh|jopt|commons-math|slf4j-api|surefire|record-builder"
                    + "|jspecify|spark|maven|plexus).*";

    @Test
    void everyJarWithoutALicenseIsNamed() throws IOException {
        String text = Launcher.resource("third-party.txt");
        List<String> missing = new ArrayList<>();
        int licensed = 0;
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            String file = entry.substring(entry.lastIndexOf(File.separatorChar) + 1);
            if (!file.endsWith(".jar") || file.matches(OTHERS)) {
                continue;
            }
            try (JarFile jar = new JarFile(entry)) {
                if (jar.stream().anyMatch(one -> one.getName().matches("(?i)META-INF/(.*/)?(.*licen[sc]e.*|AL2.0)"))) {
                    licensed++;
                    continue;
                }
            }
            String name = file.replaceFirst("(-natives)?-\\d.*", "");
            if (!text.matches("(?s).*\\b" + name + "\\b.*")) {
                missing.add(file);
            }
        }
        assertEquals(List.of(), missing);
        assertTrue(licensed > 5, "the jars of Jackson, slf4j and others contain their licenses");
    }

    /** The BSD and MIT licenses require their text and the line of copyright. */
    @Test
    void theTextsOfTheLicensesAreThere() throws IOException {
        String text = Launcher.resource("third-party.txt");
        for (String part : List.of(
                "Redistributions in binary form must reproduce the above copyright",
                "The above copyright notice and this permission notice shall be included in all copies",
                "asm, Copyright (c) 2000-2011 INRIA, France Telecom",
                "jcuda, jcublas, jcudnn and their native libraries, Copyright (c) 2008-2024 Marco Hutter",
                "progressbar, Copyright (c) 2015-2020 Tongfei Chen")) {
            assertTrue(text.replaceAll("\\s+", " ").contains(part), part);
        }
    }
}
