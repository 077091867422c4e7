package tandem.tools.kernel;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import tandem.kernels.Catalogue;
import tandem.kernels.ShippedPtx;

/**
 * The text of a PTX file.
 *
 * @param name name in messages
 * @param text the whole text
 */
record PtxSource(String name, String text) {

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
}
