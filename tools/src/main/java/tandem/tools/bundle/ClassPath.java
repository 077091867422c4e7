package tandem.tools.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Repacks a class path: classes go into uncompressed jars, which load faster and make the whole archive smaller; native
 * libraries of this platform become files, so that nothing is unpacked on the target machine.
 */
final class ClassPath {

    private static final FileTime TIME = FileTime.fromMillis(1_767_225_600_000L);
    private static final Pattern NATIVE = Pattern.compile(".*\\.(so(\\.\\d+)*|dll|dylib|jnilib|a)");
    private static final Pattern PLATFORM = Pattern.compile(".*(linux-x86_64|linux-x86-64|Linux/x86_64).*");
    /** Libraries of JCuda that Tandem does not use. */
    private static final Pattern UNUSED = Pattern.compile("lib/lib(JNvrtc|JCudaRuntime|JCublas)-.*");
    /** Build metadata, signatures, headers and build files of native libraries. */
    private static final Pattern UNNEEDED = Pattern.compile(
            "META-INF/native-image/.*|META-INF/maven/.*/pom\\.xml|META-INF/[^/]*\\.(SF|RSA|DSA)|.*\\.(hpp|h|cmake|pc)|.*/");
    /** JavaCPP finds its libraries as class path resources by the full path; other libraries are found by file name. */
    private static final Pattern RESOURCE = Pattern.compile("org/bytedeco/.*");

    private ClassPath() {}

    /**
     * Repacks a class path.
     *
     * @param entries jars and class folders; all class folders become one jar
     * @param own the file name of that jar, such as {@code tandem.jar}
     * @param jars folder for the jars
     * @param natives folder for the native libraries
     * @return file names of the jars in class path order
     */
    static List<String> repack(List<Path> entries, String own, Path jars, Path natives) throws IOException {
        Files.createDirectories(jars);
        List<String> names = new ArrayList<>();
        Map<String, byte[]> classes = new TreeMap<>();
        for (Path entry : entries) {
            if (Files.isDirectory(entry)) {
                readFolder(entry, classes);
                if (!names.contains(own)) {
                    names.add(own);
                }
            } else {
                Map<String, byte[]> content = readJar(entry, natives);
                if (content.keySet().stream()
                        .anyMatch(name -> name.endsWith(".class") && !name.endsWith("module-info.class"))) {
                    String name = entry.getFileName().toString();
                    write(jars.resolve(name), content);
                    names.add(name);
                }
            }
        }
        if (!classes.isEmpty()) {
            write(jars.resolve(own), classes);
        }
        return names;
    }

    /** Whether an entry of a jar is a native library that a bundle includes. */
    static boolean isBundledNative(String name) {
        return NATIVE.matcher(name).matches()
                && PLATFORM.matcher(name).matches()
                && !UNUSED.matcher(name).matches();
    }

    private static void readFolder(Path folder, Map<String, byte[]> content) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(folder)) {
            files = walk.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            String name = folder.relativize(file).toString();
            if (!UNNEEDED.matcher(name).matches()) {
                content.putIfAbsent(name, Files.readAllBytes(file));
            }
        }
    }

    private static Map<String, byte[]> readJar(Path jar, Path natives) throws IOException {
        Map<String, byte[]> content = new TreeMap<>();
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : zip.stream().map(ZipEntry.class::cast).toList()) {
                String name = entry.getName();
                if (NATIVE.matcher(name).matches()) {
                    if (isBundledNative(name)) {
                        Path file = RESOURCE.matcher(name).matches()
                                ? natives.resolve(name)
                                : natives.resolve(Path.of(name).getFileName());
                        Files.createDirectories(file.getParent());
                        try (InputStream stream = zip.getInputStream(entry)) {
                            Files.copy(stream, file);
                        }
                    }
                } else if (!UNNEEDED.matcher(name).matches()) {
                    try (InputStream stream = zip.getInputStream(entry)) {
                        content.put(name, stream.readAllBytes());
                    }
                }
            }
        }
        return content;
    }

    private static void write(Path jar, Map<String, byte[]> content) throws IOException {
        try (OutputStream file = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(file)) {
            zip.setMethod(ZipOutputStream.STORED);
            // The manifest must be the first entry, else a multi-release jar is not recognized.
            byte[] manifest = content.remove(JarFile.MANIFEST_NAME);
            if (manifest != null) {
                store(zip, JarFile.MANIFEST_NAME, manifest);
            }
            for (Map.Entry<String, byte[]> entry : content.entrySet()) {
                store(zip, entry.getKey(), entry.getValue());
            }
        }
    }

    private static void store(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        ZipEntry entry = new ZipEntry(name);
        entry.setLastModifiedTime(TIME);
        entry.setSize(bytes.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(bytes);
        zip.closeEntry();
    }
}
