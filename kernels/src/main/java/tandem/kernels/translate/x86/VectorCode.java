package tandem.kernels.translate.x86;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * The machine code of a kernel for groups of threads of one size. It depends on no address, unless the kernel names a
 * variable of its module, and on no processor: it is AVX2 everywhere.
 *
 * @param code the function, as {@link VectorWriter} describes it
 * @param parts vectors of eight threads that run together
 * @param partBytes of each in the frame
 * @param pendingBytes what must be zero in each when a call begins
 * @param frameBytes of the frame in all
 * @param recordBytes of the record of each group
 * @param needsRows whether threads must be in rows of whole groups
 */
public record VectorCode(
        byte[] code, int parts, int partBytes, int pendingBytes, int frameBytes, int recordBytes, boolean needsRows) {

    static VectorCode of(VectorWriter writer, boolean needsRows) {
        byte[] code = writer.write();
        Frame frame = writer.frame();
        return new VectorCode(
                code,
                frame.parts(),
                frame.partBytes(),
                frame.pendingBytes(),
                frame.bytes(),
                writer.recordBytes(),
                needsRows);
    }

    /** Writes what {@link #read} reads. */
    public void write(DataOutputStream out) throws IOException {
        out.writeInt(code.length);
        out.write(code);
        out.writeInt(parts);
        out.writeInt(partBytes);
        out.writeInt(pendingBytes);
        out.writeInt(frameBytes);
        out.writeInt(recordBytes);
        out.writeBoolean(needsRows);
    }

    /** Reads one. */
    public static VectorCode read(DataInputStream in) throws IOException {
        byte[] code = new byte[in.readInt()];
        in.readFully(code);
        return new VectorCode(
                code, in.readInt(), in.readInt(), in.readInt(), in.readInt(), in.readInt(), in.readBoolean());
    }
}
