package tandem.bench.inspection;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * Archives of loaded classes (class data sharing of HotSpot), one for each side. The JVM makes them only of jars, so
 * the folders of the class path become one.
 */
final class ClassArchives implements AutoCloseable {

    private final Path folder;
    private final Map<FrameRunner.Side, Peer.Launch> launches = new EnumMap<>(FrameRunner.Side.class);

    private ClassArchives(Path folder) {
        this.folder = folder;
    }

    static ClassArchives make(Peer.Launch launch, Workload workload) throws IOException {
        ClassArchives archives = new ClassArchives(Files.createTempDirectory("tandem-classes"));
        Path jar = archives.folder.resolve("classes.jar");
        List<String> path = new ArrayList<>(List.of(jar.toString()));
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file)) {
            for (String element : launch.classPath().split(File.pathSeparator)) {
                if (Files.isDirectory(Path.of(element))) {
                    add(Path.of(element), out);
                } else {
                    path.add(element);
                }
            }
        }
        Peer.Launch ofJars =
                launch.withClassPath(String.join(File.pathSeparator, path)).withMeasured(false);
        for (FrameRunner.Side side : FrameRunner.Side.values()) {
            Path archive = archives.folder.resolve(side + ".jsa");
            ofJars.withFlags(List.of("-XX:ArchiveClassesAtExit=" + archive, "-Xlog:disable"))
                    .start(side, workload, 0)
                    .close();
            archives.launches.put(side, ofJars.withFlags(List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:disable")));
        }
        return archives;
    }

    private static void add(Path root, JarOutputStream out) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(root)) {
            files = walk.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            String name = root.relativize(file).toString().replace(File.separatorChar, '/');
            if (!name.startsWith("META-INF/")) {
                out.putNextEntry(new JarEntry(name));
                Files.copy(file, out);
                out.closeEntry();
            }
        }
    }

    Peer.Launch launch(FrameRunner.Side side) {
        return launches.get(side);
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path file : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
