package tandem.tools.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import tandem.tools.Subprocess;

/** The archive of a bundle. */
final class Archive {

    private Archive() {}

    /**
     * Packs a folder with the tar and xz programs, with all cores.
     *
     * @return the archive {@code FOLDER.tar.xz}, in the same parent folder
     */
    static Path pack(Path folder) throws IOException {
        Path absolute = folder.toAbsolutePath().normalize();
        Path archive = absolute.resolveSibling(absolute.getFileName() + ".tar.xz");
        Path partial = absolute.resolveSibling("." + archive.getFileName() + ".partial");
        try {
            Subprocess.run(
                    "packing " + archive + " (omit the archive with --no-archive)",
                    List.of(
                            "tar",
                            "--create",
                            "--xz",
                            "--file",
                            partial.toString(),
                            "--sort=name",
                            "--owner=0",
                            "--group=0",
                            "--numeric-owner",
                            "--directory",
                            absolute.getParent().toString(),
                            absolute.getFileName().toString()),
                    Map.of("XZ_OPT", "-6 --threads=0"));
            Files.move(partial, archive, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(partial);
        }
        return archive;
    }
}
