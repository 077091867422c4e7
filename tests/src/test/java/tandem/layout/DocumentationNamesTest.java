package tandem.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Names of classes, members and packages in READMEs and package-info files exist in the sources. In Markdown these are
 * code spans outside of code blocks, in Javadoc links and code tags; a name is checked when it begins with
 * {@code tandem.} (a package or a system property) or has a class name in the form of Java. Links of Markdown lead to
 * files.
 */
class DocumentationNamesTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final List<String> MODULES = List.of("kernels", "engine", "model", "tools", "bench", "tests");

    private static final Pattern TYPE = Pattern.compile("\\b(?:class|interface|enum|record) ([A-Z][A-Za-z0-9]*)");
    private static final Pattern SPAN = Pattern.compile("`([^`]+)`");
    private static final Pattern TAG = Pattern.compile("\\{@(?:link|linkplain|code)\\s+([^}]+?)\\s*}");
    private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)(?:#[^)]*)?\\)");
    /** Packages, then classes, then a member. A class name has a lower-case letter. */
    private static final Pattern NAME = Pattern.compile(
            "((?:[a-z]\\w*\\.)*)([A-Z]\\w*[a-z]\\w*(?:\\.[A-Z]\\w*)*)(?:[.#]([a-z]\\w*))?(?:\\(.*\\))?(?: .*)?");

    private static final Pattern PACKAGE = Pattern.compile("tandem(?:\\.[a-z]\\w*)+");

    /** The sources that declare a type of each name, nested types included. */
    private static final Map<String, List<Path>> TYPES = new TreeMap<>();

    private static final Map<Path, String> SOURCES = new TreeMap<>();

    @BeforeAll
    static void read() throws IOException {
        for (String module : MODULES) {
            for (Path file : files(ROOT.resolve(module).resolve("src"), ".java")) {
                String text = Files.readString(file);
                SOURCES.put(file, text);
                Matcher types = TYPE.matcher(text);
                while (types.find()) {
                    TYPES.computeIfAbsent(types.group(1), name -> new ArrayList<>())
                            .add(file);
                }
            }
        }
    }

    private static List<Path> files(Path folder, String ending) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.filter(path -> path.toString().endsWith(ending))
                    .sorted()
                    .toList();
        }
    }

    private static boolean exists(String name) {
        if (PACKAGE.matcher(name).matches()) {
            return SOURCES.keySet().stream().anyMatch(path -> inPackage(path, name)) || isProperty(name);
        }
        Matcher parts = NAME.matcher(name);
        if (!parts.matches()) {
            return true;
        }
        String inside = parts.group(1).isEmpty()
                ? ""
                : parts.group(1).substring(0, parts.group(1).length() - 1);
        String[] types = parts.group(2).split("\\.");
        String member = parts.group(3);
        return TYPES.getOrDefault(types[types.length - 1], List.of()).stream()
                .filter(path -> inside.isEmpty() || inPackage(path, inside))
                .anyMatch(path -> member == null
                        || Pattern.compile("\\b" + member + "\\b")
                                .matcher(SOURCES.get(path))
                                .find());
    }

    private static boolean isProperty(String name) {
        return SOURCES.entrySet().stream()
                .anyMatch(source -> source.getKey().toString().contains("/src/main/")
                        && source.getValue().contains('"' + name + '"'));
    }

    private static boolean inPackage(Path source, String name) {
        return source.getParent().endsWith(Path.of(name.replace('.', '/')));
    }

    private static List<String> missing(String text, Pattern code) {
        List<String> names = new ArrayList<>();
        Matcher spans = code.matcher(text);
        while (spans.find()) {
            String name = spans.group(1).replaceAll("\\s+\\*?\\s*", " ");
            if (!exists(name)) {
                names.add(name);
            }
        }
        return names;
    }

    private static String withoutBlocks(String markdown) {
        return markdown.replaceAll("(?ms)^```.*?^```", "");
    }

    private static List<Path> readmes() {
        List<Path> files = new ArrayList<>(List.of(ROOT.resolve("README.md"), ROOT.resolve("CONTRIBUTING.md")));
        MODULES.stream()
                .map(module -> ROOT.resolve(module).resolve("README.md"))
                .filter(Files::exists)
                .forEach(files::add);
        return files;
    }

    @Test
    void findsNamesThatDoNotExist() {
        assertEquals(
                List.of(
                        "NoSuchClass",
                        "tandem.model.nowhere",
                        "data.DocumentationNamesTest",
                        "LayeringTest.noSuchMember()"),
                missing(
                        "`NoSuchClass` `tandem.model.nowhere` `data.DocumentationNamesTest` `layout.DocumentationNamesTest`"
                                + " `LayeringTest.noSuchMember()` `DocumentationNamesTest.missing()`"
                                + " `tandem.layout` `--option NAME` `LICENSE` `Annotations/*.xml` `float4`",
                        SPAN));
        assertEquals(
                List.of("NoSuchClass#of"),
                missing("{@link NoSuchClass#of} {@link tandem.layout.DocumentationNamesTest} {@code null}", TAG));
    }

    @Test
    void namesInReadmesExist() throws IOException {
        Map<String, List<String>> wrong = new TreeMap<>();
        for (Path file : readmes()) {
            String text = withoutBlocks(Files.readString(file));
            List<String> names = missing(text, SPAN);
            Matcher links = LINK.matcher(text);
            while (links.find()) {
                if (!Files.exists(file.resolveSibling(links.group(1)))) {
                    names.add(links.group(1));
                }
            }
            if (!names.isEmpty()) {
                wrong.put(ROOT.relativize(file).toString(), names);
            }
        }
        assertEquals(Map.of(), wrong);
        assertTrue(readmes().size() >= 7, () -> "found only " + readmes());
    }

    @Test
    void namesInPackageDescriptionsExist() throws IOException {
        Map<String, List<String>> wrong = new TreeMap<>();
        TreeSet<Path> files = SOURCES.keySet().stream()
                .filter(path -> path.endsWith("package-info.java"))
                .collect(Collectors.toCollection(TreeSet::new));
        for (Path file : files) {
            List<String> names = missing(SOURCES.get(file), TAG);
            if (!names.isEmpty()) {
                wrong.put(ROOT.relativize(file).toString(), names);
            }
        }
        assertEquals(Map.of(), wrong);
        assertTrue(files.size() >= 50, () -> "found only " + files.size());
    }
}
