package tandem.tools.kernel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tandem.tools.InputException;

/**
 * An array in NumPy's file format (version 1 to 3; little-endian, C order). NumPy has no bfloat16: the package
 * ml_dtypes writes it as {@code V2}.
 *
 * @param type of an element
 * @param count elements in all
 * @param shape as written in the file, such as {@code (2, 3)}
 * @param data the elements
 */
record NpyFile(ElementType type, int count, String shape, ByteBuffer data) {

    private static final Map<String, ElementType> TYPES = Map.ofEntries(
            Map.entry("i1", ElementType.I8),
            Map.entry("u1", ElementType.U8),
            Map.entry("i2", ElementType.I16),
            Map.entry("u2", ElementType.U16),
            Map.entry("i4", ElementType.I32),
            Map.entry("u4", ElementType.U32),
            Map.entry("i8", ElementType.I64),
            Map.entry("u8", ElementType.U64),
            Map.entry("f2", ElementType.F16),
            Map.entry("V2", ElementType.BF16),
            Map.entry("f4", ElementType.F32),
            Map.entry("f8", ElementType.F64));

    private static final Pattern DESCR = Pattern.compile("'descr':\\s*'([<>|=])([a-zV]\\d+)'");
    private static final Pattern SHAPE = Pattern.compile("'shape':\\s*(\\(([\\d, ]*)\\))");

    /** Reads a file; a file that is not such an array is an {@link InputException}. */
    static NpyFile read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new InputException(file + ": there is no such file");
        }
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < 12
                || bytes[0] != (byte) 0x93
                || !new String(bytes, 1, 5, StandardCharsets.ISO_8859_1).equals("NUMPY")) {
            throw new InputException(file + " is not a .npy file");
        }
        int start = bytes[6] == 1 ? 10 : 12;
        long length =
                bytes[6] == 1 ? Short.toUnsignedInt(buffer.getShort(8)) : Integer.toUnsignedLong(buffer.getInt(8));
        if (start + length > bytes.length) {
            throw new InputException(file + " ends inside its header");
        }
        String header = new String(bytes, start, (int) length, StandardCharsets.ISO_8859_1);
        Matcher descr = DESCR.matcher(header);
        Matcher shape = SHAPE.matcher(header);
        if (!descr.find() || !shape.find()) {
            throw new InputException(file + ": its header is not understood: " + header.strip());
        }
        ElementType type = TYPES.get(descr.group(2));
        if (type == null || descr.group(1).equals(">")) {
            throw new InputException(file + " has elements of type '" + descr.group(1) + descr.group(2)
                    + "'; supported are little-endian integers, float16, bfloat16 (V2), float32 and float64");
        }
        if (header.contains("'fortran_order': True")) {
            throw new InputException(file + " is in Fortran order; save it with numpy.ascontiguousarray");
        }
        long count = 1;
        for (String dim : shape.group(2).split(",")) {
            count *= dim.isBlank() ? 1 : Long.parseLong(dim.strip());
        }
        int from = start + (int) length;
        if (count < 0 || count * type.bytes() != bytes.length - from) {
            throw new InputException(file + ": shape " + shape.group(1) + " of " + type + " does not match its "
                    + (bytes.length - from) + " bytes");
        }
        ByteBuffer data = ByteBuffer.allocateDirect(bytes.length - from).order(ByteOrder.LITTLE_ENDIAN);
        data.put(0, bytes, from, bytes.length - from);
        return new NpyFile(type, (int) count, shape.group(1), data);
    }
}
