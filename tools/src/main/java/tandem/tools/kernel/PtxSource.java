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
 * @param name what messages call it
 * @param text all of it
 */
record PtxSource(String name, String text) {

    /** The user's file; or, where there is no such file, the shipped module of that name. */
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
