package tandem.kernels;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ref.SoftReference;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import tandem.kernels.ptx.PtxEntry;
import tandem.kernels.ptx.PtxException;
import tandem.kernels.ptx.PtxModule;

/** The PTX files of this jar, one for each module of the {@link Catalogue}. Thread-safe. */
public final class ShippedPtx {

    private static final String ENTRY = "\n.visible .entry ";
    private static final String END = "\n}";
    /** What the parser requires of a module; nothing in a declaration depends on it. */
    private static final String HEAD = ".version 7.0\n.target sm_75\n.address_size 64";

    private static final String BODY = "\n{";
    private static final String SHARED = "\n\t.shared ";
    private static final Map<String, SoftReference<PtxModule>> PARSED = new ConcurrentHashMap<>();
    private static final Map<String, PtxEntry> DECLARATIONS = new ConcurrentHashMap<>();

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
        return text(module, StandardCharsets.UTF_8);
    }

    private static String text(String module, Charset charset) {
        try (InputStream stream = ShippedPtx.class.getResourceAsStream(fileName(module))) {
            if (stream == null) {
                throw new IllegalArgumentException("this build has no tandem/kernels/" + fileName(module)
                        + "; run kernels/build.sh " + module + " and build again");
            }
            return new String(stream.readAllBytes(), charset);
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
        return parsed(module, module, () -> text(module));
    }

    /**
     * A module with one of its entries alone, parsed on first use: a program uses few of the entries of a file. Lines
     * have the numbers of the file. Variables of the module belong to this entry; no entry of the catalogue writes one
     * that another reads.
     *
     * @throws IllegalArgumentException as {@link #text} has it
     */
    public static PtxModule module(String module, String entry) {
        return parsed(module + " " + entry, module, () -> only(entry, text(module)));
    }

    /**
     * What a launch has to know of an entry: its name, block size, parameters and shared variables. Registers and body
     * are empty, and lines are those of the declaration, as the rest of the file is not parsed.
     *
     * @throws PtxException when the module has no such entry
     * @throws IllegalArgumentException as {@link #text} has it
     */
    static PtxEntry declaration(String module, String entry) {
        String key = module + " " + entry;
        PtxEntry known = DECLARATIONS.get(key);
        // One of two threads that start together reads the file, the other waits.
        return known != null ? known : DECLARATIONS.computeIfAbsent(key, absent -> parsedDeclaration(module, entry));
    }

    private static PtxEntry parsedDeclaration(String module, String entry) {
        // Only comments could have other characters than ASCII, and this charset needs no decoding.
        String text = declarationText(module, entry, text(module, StandardCharsets.ISO_8859_1));
        return PtxModule.parse(fileName(module), text).entry(entry);
    }

    private static String declarationText(String module, String entry, String text) {
        int start = text.indexOf(ENTRY + entry + "(");
        if (start < 0) {
            throw new PtxException(fileName(module), 0, "has no entry '" + entry + "'");
        }
        int body = text.indexOf(BODY, start);
        String inside = text.substring(body, text.indexOf(END, body));
        StringBuilder kept = new StringBuilder(HEAD);
        kept.append(text, start, body + BODY.length());
        for (int at = inside.indexOf(SHARED); at >= 0; at = inside.indexOf(SHARED, at + 1)) {
            kept.append(inside, at, inside.indexOf(';', at) + 1);
        }
        return kept.append(END).toString();
    }

    private static PtxModule parsed(String key, String module, Supplier<String> text) {
        SoftReference<PtxModule> reference = PARSED.get(key);
        PtxModule parsed = reference == null ? null : reference.get();
        if (parsed == null) {
            parsed = PtxModule.parse(fileName(module), text.get());
            PARSED.put(key, new SoftReference<>(parsed));
        }
        return parsed;
    }

    /** The text with empty lines in place of the other entries, which nvcc writes from the start of a line. */
    static String only(String entry, String text) {
        StringBuilder kept = new StringBuilder(text.length());
        int at = 0;
        for (int start = text.indexOf(ENTRY); start >= 0; start = text.indexOf(ENTRY, at)) {
            int end = text.indexOf(END, start) + END.length();
            kept.append(text, at, start);
            if (text.startsWith(entry + "(", start + ENTRY.length())) {
                kept.append(text, start, end);
            } else {
                for (int line = start; line >= 0 && line < end; line = text.indexOf('\n', line + 1)) {
                    kept.append('\n');
                }
            }
            at = end;
        }
        return kept.append(text, at, text.length()).toString();
    }
}
