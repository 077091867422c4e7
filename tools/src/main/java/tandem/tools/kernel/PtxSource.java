package tandem.tools.kernel;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tandem.kernels.Catalogue;
import tandem.kernels.ShippedPtx;
import tandem.kernels.ptx.PtxException;
import tandem.kernels.ptx.PtxModule;
import tandem.tools.InputException;

/**
 * The text of a PTX file.
 *
 * @param name name in messages
 * @param text the whole text
 */
record PtxSource(String name, String text) {

    /** The newest PTX version that the parser was tested with: that of CUDA 13.0. */
    private static final double KNOWN_VERSION = 9.0;

    private static final Pattern VERSION = Pattern.compile("(?m)^\\s*\\.version\\s+(\\d+\\.\\d+)");
    private static final Pattern TARGET = Pattern.compile("(?m)^\\s*\\.target\\s+sm_(\\d{2,3})");
    private static final Pattern LINE_NUMBER = Pattern.compile("(?m)^[ \\t]*\\.loc\\b.*$");

    /** As {@link #of(String)}; a {@code .cu} file is compiled. */
    static PtxSource of(String fileOrModule, CudaCompiler compiler) throws IOException {
        return fileOrModule.endsWith(".cu") ? compiler.compile(Path.of(fileOrModule)) : of(fileOrModule);
    }

    /** The file of that name or, if there is none, the module of this build. */
    static PtxSource of(String fileOrModule) throws IOException {
        Path file = Path.of(fileOrModule);
        if (Files.exists(file)) {
            try {
                return new PtxSource(fileOrModule, Files.readString(file));
            } catch (MalformedInputException e) {
                return new PtxSource(fileOrModule, Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        if (Catalogue.entries().stream().anyMatch(entry -> entry.module().equals(fileOrModule))) {
            return shipped(fileOrModule);
        }
        throw new NoSuchFileException(fileOrModule);
    }

    /** A module of this build. */
    static PtxSource shipped(String module) {
        return new PtxSource(ShippedPtx.fileName(module), ShippedPtx.text(module));
    }

    /**
     * Parses it.
     *
     * @throws PtxException when it is not PTX, or not PTX that is understood
     */
    PtxModule parse() {
        String start = text.stripLeading();
        if (!VERSION.matcher(text).find()) {
            throw new InputException(name + " is not PTX: it has no .version"
                    + (start.startsWith("\u007fELF") ? " (it is a binary; compile with nvcc -ptx)" : ""));
        }
        return PtxModule.parse(name, text);
    }

    /** Its version of PTX; 0 if it has none. */
    double version() {
        Matcher version = VERSION.matcher(text);
        return version.find() ? Double.parseDouble(version.group(1)) : 0;
    }

    /** The architecture that it is written for, such as 75; 0 if it names none. */
    int target() {
        Matcher target = TARGET.matcher(text);
        return target.find() ? Integer.parseInt(target.group(1)) : 0;
    }

    /**
     * The text for an assembler that takes at most that version. Line numbers of the source ({@code .loc}), with which
     * the assembler of CUDA 12.0 crashes on files of nvcc 13.0, are left out; the lines of the file stay where they
     * are.
     */
    String forAssembler(double newest) {
        Matcher found = VERSION.matcher(text);
        String lowered = version() > newest && found.find()
                ? text.substring(0, found.start(1)) + newest + text.substring(found.end(1))
                : text;
        return LINE_NUMBER.matcher(lowered).replaceAll("");
    }

    /** Why the file cannot be used, and which version would do if it is a newer one than is known. */
    String explained(PtxException failure) {
        return (version() > KNOWN_VERSION
                        ? name + " is PTX " + version() + ", newer than the known " + KNOWN_VERSION
                                + " (compile it with the nvcc of CUDA 13.0 or earlier): "
                        : "")
                + failure.getMessage();
    }
}
