package tandem.tools.bundle;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tandem.tools.Subprocess;

/**
 * Licenses of the system libraries in a bundle. Debian and Ubuntu have one file for each package,
 * {@code /usr/share/doc/PACKAGE/copyright}, which refers to common licenses such as
 * {@code /usr/share/common-licenses/LGPL-2.1}; both are copied.
 */
final class SystemLicenses {

    private static final Path DOCUMENTS = Path.of("/usr/share/doc");
    private static final Path COMMON = Path.of("/usr/share/common-licenses");
    /** Debian policy, section 12.5. A full stop at the end belongs to the sentence. */
    private static final Pattern REFERENCE = Pattern.compile(COMMON + "/([\\w+-]+(?:\\.\\w+)*)");

    private SystemLicenses() {}

    /**
     * Copies the license of each library.
     *
     * @param libraries libraries of this machine
     * @param folder destination; created if there is a license to copy
     * @param notice receives a line for each library whose license is not found
     */
    static void copy(List<Path> libraries, Path folder, Consumer<String> notice) throws IOException {
        TreeSet<String> common = new TreeSet<>();
        for (Path library : libraries) {
            Path license = DOCUMENTS.resolve(packageOf(library)).resolve("copyright");
            if (!Files.isRegularFile(license)) {
                notice.accept("the bundle has no license of " + library
                        + ": no package of this machine contains one; add it to runtime/legal/system");
                continue;
            }
            Files.createDirectories(folder);
            byte[] text = Files.readAllBytes(license);
            Files.write(folder.resolve(license.getParent().getFileName() + ".txt"), text);
            Matcher references = REFERENCE.matcher(new String(text, StandardCharsets.UTF_8));
            while (references.find()) {
                common.add(references.group(1));
            }
        }
        for (String name : common) {
            if (Files.isRegularFile(COMMON.resolve(name))) {
                Files.write(folder.resolve(name + ".txt"), Files.readAllBytes(COMMON.resolve(name)));
            }
        }
    }

    /**
     * The name of the Debian package that contains a file; the name of the file itself if none does. A search for the
     * file name alone also finds files below {@code /lib}, which is a link to {@code /usr/lib}.
     */
    private static String packageOf(Path library) throws IOException {
        String file = library.toRealPath().getFileName().toString();
        try {
            String found = Subprocess.run(
                    "finding the package of " + file,
                    List.of("dpkg-query", "--search", "*/" + file),
                    Map.of("LC_ALL", "C"));
            return found.substring(0, found.indexOf(':'));
        } catch (Subprocess.Failure e) {
            return file;
        }
    }
}
