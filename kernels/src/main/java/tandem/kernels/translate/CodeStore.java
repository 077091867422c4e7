package tandem.kernels.translate;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;
import org.slf4j.LoggerFactory;
import tandem.kernels.natives.NativeFolder;
import tandem.kernels.translate.x86.VectorCode;

/**
 * Files with the machine code of kernels of this build, in the folder of native libraries, which only this user can
 * enter. Each build has a folder of its own, as another one may translate otherwise or have other kernels. A file that
 * is damaged is as good as none. A folder that cannot be used costs the time of translation only.
 */
final class CodeStore {

    private static final String PACKAGE = "tandem/kernels/";
    private static final String PREFIX = "kernels-";
    private static final Duration KEPT = Duration.ofDays(30);
    private static final int MAX_DIRECTORY_BYTES = 1 << 20;
    private static final int SUM_BYTES = Long.BYTES;
    private static final int MAX_VERSIONS = 8;

    /** Null where nothing can be stored. */
    private final Path folder;

    CodeStore(Path folder) {
        this.folder = folder;
    }

    private static final class Standard {
        static final CodeStore STORE = open();

        private static CodeStore open() {
            try {
                Path build = Path.of(CodeStore.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI());
                Path own = NativeFolder.get().resolve(PREFIX + digest(build));
                if (!Files.isDirectory(own)) {
                    deleteOld(own.getParent());
                }
                return new CodeStore(NativeFolder.secured(own));
            } catch (IOException | URISyntaxException | RuntimeException e) {
                debug("the machine code of kernels is not stored", e);
                return new CodeStore(null);
            }
        }
    }

    /** Deletes the folders of builds that have stored nothing for a long time. */
    static void deleteOld(Path parent) throws IOException {
        FileTime limit = FileTime.from(Instant.now().minus(KEPT));
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (Path old : folders) {
                if (Files.getLastModifiedTime(old).compareTo(limit) < 0) {
                    try (DirectoryStream<Path> files = Files.newDirectoryStream(old)) {
                        for (Path file : files) {
                            Files.deleteIfExists(file);
                        }
                    }
                    Files.deleteIfExists(old);
                }
            }
        }
    }

    /** That of this build. */
    static CodeStore standard() {
        return Standard.STORE;
    }

    /**
     * What differs between builds: of a jar its directory, which has the checksums of its files; of a folder the sizes
     * and times of its files.
     *
     * @param build with the classes and PTX files of this package
     */
    static String digest(Path build) throws IOException {
        // Two sums, which the JVM computes with instructions of the processor from the start.
        List<Checksum> sums = List.of(new CRC32(), new CRC32C());
        if (Files.isDirectory(build)) {
            Files.walkFileTree(build.resolve(PACKAGE), new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    String line = file + " " + attributes.size() + " " + attributes.lastModifiedTime();
                    sums.forEach(sum -> sum.update(line.getBytes(StandardCharsets.UTF_8)));
                    return FileVisitResult.CONTINUE;
                }
            });
        } else {
            ByteBuffer directory = directory(build);
            sums.forEach(sum -> sum.update(directory.duplicate()));
        }
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(sums.get(0).getValue(), 8)
                + hex.toHexDigits(sums.get(1).getValue(), 8)
                + hex.toHexDigits(Files.size(build));
    }

    /** The end of a jar, where its directory lies: some 100 bytes for each file. */
    private static ByteBuffer directory(Path jar) throws IOException {
        try (FileChannel channel = FileChannel.open(jar, StandardOpenOption.READ)) {
            long length = Math.min(channel.size(), MAX_DIRECTORY_BYTES);
            return channel.map(FileChannel.MapMode.READ_ONLY, channel.size() - length, length);
        }
    }

    /** The code of an entry; empty when it is not stored. */
    List<VectorCode> read(String entry) {
        if (folder == null) {
            return List.of();
        }
        try {
            byte[] bytes = Files.readAllBytes(file(entry));
            int length = bytes.length - SUM_BYTES;
            if (length < 0 || sum(bytes, length) != ByteBuffer.wrap(bytes).getLong(length)) {
                debug("{} is damaged", file(entry));
                return List.of();
            }
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, 0, length));
            List<VectorCode> code = new ArrayList<>();
            for (int count = Math.min(in.readInt(), MAX_VERSIONS); code.size() < count; ) {
                code.add(VectorCode.read(in));
            }
            return code;
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException | RuntimeException e) {
            debug("{} cannot be read", file(entry), e);
            return List.of();
        }
    }

    /** Stores the code of an entry. */
    void write(String entry, List<VectorCode> code) {
        if (folder == null) {
            return;
        }
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeInt(code.size());
            for (VectorCode version : code) {
                version.write(out);
            }
            out.writeLong(sum(bytes.toByteArray(), bytes.size()));
            NativeFolder.write(file(entry), bytes.toByteArray());
        } catch (IOException | RuntimeException e) {
            debug("{} cannot be written", file(entry), e);
        }
    }

    private Path file(String entry) {
        return folder.resolve(entry + ".code");
    }

    /** The logger is found here: to look for its library takes longer than to read all code. */
    private static void debug(String message, Object... arguments) {
        LoggerFactory.getLogger(CodeStore.class).debug(message, arguments);
    }

    private static long sum(byte[] bytes, int length) {
        CRC32 sum = new CRC32();
        sum.update(bytes, 0, length);
        return sum.getValue();
    }
}
