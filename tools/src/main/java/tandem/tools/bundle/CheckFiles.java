package tandem.tools.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files of the GPU check: the script {@code bench/gpu-check} with its report, the scripts of the peers, and the
 * classes that it runs. These classes are in higher modules and are therefore copied as files.
 *
 * @param scripts {@code bench/gpu-check} and {@code bench/gpu_report.py}
 * @param peers {@code bench/peers}
 * @param classes folders of classes: those of bench, and the operation table of the tests
 */
record CheckFiles(List<Path> scripts, Path peers, List<Path> classes) {

    /** The files of a checkout. @throws BundleException when one is missing */
    static CheckFiles of(Path checkout) {
        CheckFiles files = new CheckFiles(
                List.of(checkout.resolve("bench/gpu-check"), checkout.resolve("bench/gpu_report.py")),
                checkout.resolve("bench/peers"),
                List.of(checkout.resolve("bench/target/classes"), checkout.resolve("tests/target/test-classes")));
        List<Path> needed = new ArrayList<>(files.classes);
        needed.addAll(files.scripts);
        needed.add(files.peers);
        for (Path path : needed) {
            if (!Files.exists(path)) {
                throw new BundleException(
                        path
                                + " is missing and required by gpu-check: run mvn test-compile, or omit the check with --no-check");
            }
        }
        return files;
    }

    /**
     * Copies the files into a bundle.
     *
     * @param folder the folder {@code check} of the bundle
     * @param natives folders of native libraries, relative to the bundle
     * @param classPath the class path of the program, relative to the bundle
     */
    void copy(Path folder, List<String> natives, List<String> classPath) throws IOException {
        Files.createDirectories(folder);
        for (Path file : scripts) {
            Files.copy(file, folder.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
        }
        List<Path> peerScripts;
        try (Stream<Path> files = Files.list(peers)) {
            peerScripts = files.filter(file -> file.toString().endsWith(".py"))
                    .sorted()
                    .toList();
        }
        Files.createDirectories(folder.resolve("peers"));
        for (Path file : peerScripts) {
            Files.copy(file, folder.resolve("peers").resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
        }
        // The processes that the check starts get this path and find the libraries of JavaCPP there.
        List<String> whole = new ArrayList<>(List.of("natives"));
        whole.addAll(classPath);
        ClassPath.repack(classes, "tandem-check.jar", folder, folder).forEach(jar -> whole.add("check/" + jar));
        Launcher.write(folder.resolve("java"), "/..", natives, whole, "");
    }
}
