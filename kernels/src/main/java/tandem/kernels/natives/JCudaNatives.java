package tandem.kernels.natives;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.locks.ReentrantLock;
import jcuda.JCudaVersion;
import jcuda.LibUtils;

/**
 * Unpacks a native library of JCuda into the {@link NativeFolder}, compares it byte by byte with the one in the jar,
 * and lets JCuda's class find it there. Every first use of a JCuda class must go through {@link #load}.
 *
 * <p>In a bundle the libraries already lie as files in the folder that the system property
 * {@code tandem.natives.bundled} names, which is then on {@code java.library.path}, where JCuda looks first. Nothing is
 * unpacked; their sizes are compared with those in the folder's file {@code SIZES}.
 */
public final class JCudaNatives {

    private static final String BUNDLED_PROPERTY = "tandem.natives.bundled";
    private static final String SIZES = "SIZES";
    private static final ReentrantLock LOCK = new ReentrantLock();

    private JCudaNatives() {}

    /**
     * Makes sure that the library is unpacked and whole, then runs {@code initialize}, which must touch the JCuda class
     * that loads it.
     *
     * @param library JCuda's name for it, such as {@code JNvPTXCompiler} or {@code JCudaDriver}
     * @throws IllegalStateException when it cannot be unpacked or there is none for this platform
     * @throws UnsatisfiedLinkError when a library that it needs, such as the driver, is missing
     */
    public static void load(String library, Runnable initialize) {
        LOCK.lock();
        String temporary = System.getProperty("java.io.tmpdir");
        try {
            String bundled = System.getProperty(BUNDLED_PROPERTY);
            if (bundled != null) {
                checkBundled(library, Path.of(bundled));
                initialize.run();
                return;
            }
            Path folder = folder();
            unpack(library, folder);
            // JCuda reads the property when it loads, and unpacks only what is not there.
            System.setProperty("java.io.tmpdir", folder.toString());
            initialize.run();
        } catch (IOException e) {
            throw new IllegalStateException(
                    "the native library " + library + " cannot be loaded: " + e.getMessage(), e);
        } finally {
            System.setProperty("java.io.tmpdir", temporary);
            LOCK.unlock();
        }
    }

    /**
     * Checks the size of a bundle's library.
     *
     * @throws IOException when it is missing or was cut short
     */
    static void checkBundled(String library, Path folder) throws IOException {
        Path file = folder.resolve(fileName(library));
        String wanted = " " + file.getFileName();
        for (String line : Files.readAllLines(folder.resolve(SIZES))) {
            if (line.endsWith(wanted)) {
                long bytes = Long.parseLong(line.substring(0, line.length() - wanted.length()));
                if (!Files.isRegularFile(file) || Files.size(file) != bytes) {
                    throw new IOException(
                            file + " is missing or does not have " + bytes + " bytes; copy the bundle again");
                }
                return;
            }
        }
        throw new IOException(
                folder.resolve(SIZES) + " does not list " + file.getFileName() + "; copy the bundle again");
    }

    /** The folder that libraries are unpacked into, made if it is not there; see {@link NativeFolder}. */
    public static Path folder() throws IOException {
        return NativeFolder.get();
    }

    /**
     * Puts the library into {@code folder}, unless a file that equals it byte by byte is there. Another process may do
     * the same at the same time: each writes a file of its own and moves it into place in one step.
     *
     * @return the unpacked file
     */
    public static Path unpack(String library, Path folder) throws IOException {
        String file = fileName(library);
        Path target = folder.resolve(file);
        if (Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS) && equal(file, target)) {
            return target;
        }
        Path partial = Files.createTempFile(folder, file, ".part");
        try {
            try (InputStream source = resource(file)) {
                Files.copy(source, partial, StandardCopyOption.REPLACE_EXISTING);
            }
            if (!equal(file, partial)) {
                throw new IOException(partial + " differs from what was written to it; is the disk full?");
            }
            try {
                Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(partial, target, StandardCopyOption.REPLACE_EXISTING);
            }
        } finally {
            Files.deleteIfExists(partial);
        }
        return target;
    }

    /** JCuda's file name of the library on this platform. */
    static String fileName(String library) {
        return LibUtils.createLibraryFileName(LibUtils.createPlatformLibraryName(library + "-" + JCudaVersion.get()));
    }

    private static boolean equal(String file, Path path) throws IOException {
        byte[] expected = new byte[1 << 16];
        try (InputStream source = resource(file);
                InputStream present = new BufferedInputStream(Files.newInputStream(path), 1 << 16)) {
            while (true) {
                int length = source.readNBytes(expected, 0, expected.length);
                byte[] actual = present.readNBytes(length);
                if (!java.util.Arrays.equals(expected, 0, length, actual, 0, actual.length)) {
                    return false;
                }
                if (length < expected.length) {
                    return present.read() < 0;
                }
            }
        }
    }

    private static InputStream resource(String file) throws IOException {
        InputStream stream = JCudaVersion.class.getResourceAsStream("/lib/" + file);
        if (stream == null) {
            throw new IOException(
                    "the class path has no /lib/" + file + "; JCuda's natives exist for 64-bit x86 Linux and Windows,"
                            + " in the jars org.jcuda:jcuda-natives, jcudnn-natives and jcublas-natives");
        }
        return stream;
    }
}
