package tandem.kernels.natives;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Lets JNA load its library from the {@link NativeFolder}, where it is unpacked once, and not at each start into a
 * temporary file. What lies there is compared byte by byte with the jar. Where this is impossible, or the user has set
 * one of JNA's properties for it, JNA does as it always does. Every first use of JNA should come after
 * {@link #prepare}.
 */
public final class JnaNatives {

    private static final String PROPERTY = "jna.boot.library.path";

    private static boolean prepared;

    private JnaNatives() {}

    /** Loads JNA's library; only the first call does anything. */
    public static synchronized void prepare() {
        if (prepared) {
            return;
        }
        prepared = true;
        if (System.getProperty(PROPERTY) != null || System.getProperty("jna.nounpack") != null) {
            return;
        }
        String name = System.mapLibraryName("jnidispatch");
        try (InputStream resource =
                Native.class.getResourceAsStream("/com/sun/jna/" + Platform.RESOURCE_PREFIX + "/" + name)) {
            if (resource == null) {
                return;
            }
            Path folder = NativeFolder.secured(NativeFolder.get().resolve("jna-" + Native.VERSION));
            unpack(resource.readAllBytes(), folder.resolve(name));
            System.setProperty(PROPERTY, folder.toString());
            try {
                // Loads it.
                Native.getNativeSize(int.class);
            } finally {
                System.clearProperty(PROPERTY);
            }
        } catch (IOException unavailable) {
            // JNA unpacks it into a temporary file.
        }
    }

    /** The C library, loaded after {@link #prepare}. */
    public static NativeLibrary cLibrary() {
        prepare();
        return NativeLibrary.getInstance("c");
    }

    private static void unpack(byte[] expected, Path file) throws IOException {
        if (Files.isRegularFile(file) && Arrays.equals(expected, Files.readAllBytes(file))) {
            return;
        }
        NativeFolder.write(file, expected);
    }
}
