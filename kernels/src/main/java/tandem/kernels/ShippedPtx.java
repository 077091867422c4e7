package tandem.kernels;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ref.SoftReference;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tandem.kernels.ptx.PtxModule;

/** The PTX files of this jar, one for each module of the {@link Catalogue}. Thread-safe. */
public final class ShippedPtx {

    private static final Map<String, SoftReference<PtxModule>> PARSED = new ConcurrentHashMap<>();

    private ShippedPtx() {}

    /** The name of a module's file, such as {@code elementwise.ptx}. */
    public static String fileName(String module) {
        return module + ".ptx";
    }

    /**
     * The text of a module.
     *
     * @throws IllegalArgumentException when this build has no such file
     */
    public static String text(String module) {
        try (InputStream stream = ShippedPtx.class.getResourceAsStream(fileName(module))) {
            if (stream == null) {
                throw new IllegalArgumentException("this build has no tandem/kernels/" + fileName(module)
                        + "; run kernels/build.sh " + module + " and build again");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read tandem/kernels/" + fileName(module), e);
        }
    }

    /**
     * A module, parsed on first use; the result is shared, and kept while memory allows.
     *
     * @throws IllegalArgumentException as {@link #text} has it
     */
    public static PtxModule module(String module) {
        SoftReference<PtxModule> reference = PARSED.get(module);
        PtxModule parsed = reference == null ? null : reference.get();
        if (parsed == null) {
            parsed = PtxModule.parse(fileName(module), text(module));
            PARSED.put(module, new SoftReference<>(parsed));
        }
        return parsed;
    }
}
