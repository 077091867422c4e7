package tandem.kernels.translate;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The sections of an ELF file of 64 bits (System V ABI, "Sections"), as the assembler makes them. */
record Cubin(Map<String, ByteBuffer> sections) {

    static Cubin of(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int table = Math.toIntExact(bytes.getLong(40));
        int count = bytes.getShort(60) & 0xFFFF;
        int names = header(table, bytes.getShort(62) & 0xFFFF);
        Map<String, ByteBuffer> sections = new HashMap<>();
        for (int i = 0; i < count; i++) {
            int header = header(table, i);
            int name = Math.toIntExact(bytes.getLong(names + 24)) + bytes.getInt(header);
            int offset = Math.toIntExact(bytes.getLong(header + 24));
            int size = Math.toIntExact(bytes.getLong(header + 32));
            int end = name;
            while (file[end] != 0) {
                end++;
            }
            boolean stored = bytes.getInt(header + 4) != 8;
            byte[] content = stored ? Arrays.copyOfRange(file, offset, offset + size) : new byte[0];
            sections.put(
                    new String(file, name, end - name, StandardCharsets.US_ASCII),
                    ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN));
        }
        return new Cubin(sections);
    }

    private static int header(int table, int index) {
        return table + 64 * index;
    }

    /** The machine code of an entry. */
    ByteBuffer code(String entry) {
        return sections.get(".text." + entry);
    }
}
