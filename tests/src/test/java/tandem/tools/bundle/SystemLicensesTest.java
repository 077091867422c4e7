package tandem.tools.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemLicensesTest {

    @TempDir
    Path folder;

    private final List<String> notices = new ArrayList<>();

    @Test
    void licenseOfThePackageAndTheCommonLicensesItRefersToAreCopied() throws IOException {
        Path library = Path.of("/lib/x86_64-linux-gnu/libc.so.6");
        assumeTrue(
                Files.exists(library) && Files.exists(Path.of("/usr/share/doc/libc6/copyright")),
                "this is no Debian or Ubuntu");
        Path licenses = folder.resolve("licenses");
        SystemLicenses.copy(List.of(library), licenses, notices::add);
        assertEquals(List.of(), notices);
        assertEquals(
                Files.readString(Path.of("/usr/share/doc/libc6/copyright")),
                Files.readString(licenses.resolve("libc6.txt")));
        assertTrue(Files.readString(licenses.resolve("LGPL-2.1.txt")).contains("LESSER GENERAL PUBLIC LICENSE"));
    }

    @Test
    void libraryOfNoPackageIsReported() throws IOException {
        Path library = Files.createFile(folder.resolve("libown.so.1"));
        SystemLicenses.copy(List.of(library), folder.resolve("licenses"), notices::add);
        assertEquals(1, notices.size());
        assertTrue(notices.get(0).contains(library.toString()), notices.toString());
        assertFalse(Files.exists(folder.resolve("licenses")));
    }
}
