package tandem.kernels;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * What a kernel on the CPU reads through a texture object, and reads and writes through a surface object: memory with a
 * shape, and what happens between and outside of its elements (CUDA C++ Programming Guide, "Texture and Surface
 * Memory"). The kernel gets {@link #handle} as an argument of 64 bits. There is one level of detail.
 */
public final class Texture implements AutoCloseable {

    /** How many coordinates there are, and what they mean. */
    public enum Geometry {
        LINE,
        PLANE,
        VOLUME,
        /** Several lines, chosen by an index. */
        LAYERED_LINE,
        /** Several planes, chosen by an index. */
        LAYERED_PLANE,
        /** Six square planes, the faces of a cube: +x, -x, +y, -y, +z, -z. */
        CUBE,
        /** Several cubes, chosen by an index. */
        LAYERED_CUBE
    }

    /** Types of a channel of an element. */
    public enum Channel {
        U8(1),
        S8(1),
        U16(2),
        S16(2),
        F16(2),
        U32(4),
        S32(4),
        F32(4);

        private final int bytes;

        Channel(int bytes) {
            this.bytes = bytes;
        }

        /** Size in bytes. */
        public int bytes() {
            return bytes;
        }
    }

    /** What coordinates outside of the texture mean. */
    public enum Addressing {
        /** The texture repeats; of normalized coordinates only, else as {@link #CLAMP}. */
        WRAP,
        /** The nearest element of the border. */
        CLAMP,
        /** The texture repeats, every second time reversed; of normalized coordinates only, else as {@link #CLAMP}. */
        MIRROR,
        /** Zero. */
        BORDER
    }

    /** What is read between elements. */
    public enum Filtering {
        /** The element that contains the point. */
        POINT,
        /** Linear interpolation, with weights that are multiples of 1/256. */
        LINEAR
    }

    /**
     * The elements.
     *
     * @param geometry their arrangement
     * @param width elements along x, at least 1
     * @param height elements along y, at least 1; 1 for lines
     * @param depth elements along z, or layers (six times the cubes), at least 1
     * @param channel type of a channel
     * @param channels 1, 2 or 4
     */
    public record Shape(Geometry geometry, int width, int height, int depth, Channel channel, int channels) {

        /** Rejects a shape that no texture has. */
        public Shape {
            if (width < 1 || height < 1 || depth < 1 || channels != 1 && channels != 2 && channels != 4) {
                throw new IllegalArgumentException("texture of " + width + " x " + height + " x " + depth
                        + " elements of " + channels + " channels: sizes are at least 1, channels 1, 2 or 4");
            }
        }

        /** A plane of elements of one float. */
        public static Shape plane(int width, int height) {
            return new Shape(Geometry.PLANE, width, height, 1, Channel.F32, 1);
        }

        /** Size of an element in bytes. */
        public int elementBytes() {
            return channel.bytes() * channels;
        }

        /** Size of all elements in bytes, without gaps between rows. */
        public long bytes() {
            return (long) width * height * depth * elementBytes();
        }
    }

    /**
     * How elements are read.
     *
     * @param addressing outside of the texture, in all dims
     * @param filtering between elements
     * @param normalizedCoordinates whether coordinates go from 0 to 1, else to the number of elements
     * @param normalizedValues whether integers of 8 and 16 bits are read as floats from 0, or -1, to 1
     */
    public record Sampling(
            Addressing addressing, Filtering filtering, boolean normalizedCoordinates, boolean normalizedValues) {

        /** Single elements as they are, the nearest one outside. */
        public static Sampling plain() {
            return new Sampling(Addressing.CLAMP, Filtering.POINT, false, false);
        }
    }

    /** The handle of a texture that was reported as none: reads of it give zero. */
    public static final long NOWHERE = -1;

    private static final int MAX_TEXTURES = 1 << 16;
    private static final long MARK = 0x7E47_0000L << 32;
    private static final AtomicReferenceArray<Texture> OPEN = new AtomicReferenceArray<>(MAX_TEXTURES);

    private final Shape shape;
    private final Sampling sampling;
    private final long address;
    private final long rowBytes;
    private final long handle;

    private Texture(Shape shape, Sampling sampling, long address, long rowBytes, long handle) {
        this.shape = shape;
        this.sampling = sampling;
        this.address = address;
        this.rowBytes = rowBytes;
        this.handle = handle;
    }

    /**
     * A texture of memory that the caller owns: it must exist until the texture is closed.
     *
     * @param address of the first element
     * @param rowBytes bytes from the start of a row to the start of the next; planes follow each other without a gap
     * @throws IllegalArgumentException when rows overlap, or integers are to be interpolated
     * @throws IllegalStateException when 65,536 textures are open
     */
    public static Texture of(Shape shape, Sampling sampling, long address, long rowBytes) {
        if (rowBytes < (long) shape.width() * shape.elementBytes()) {
            throw new IllegalArgumentException("rows of " + rowBytes + " bytes for " + shape.width() + " elements of "
                    + shape.elementBytes() + " bytes");
        }
        boolean floats =
                sampling.normalizedValues() || shape.channel() == Channel.F16 || shape.channel() == Channel.F32;
        if (sampling.filtering() == Filtering.LINEAR && !floats) {
            throw new IllegalArgumentException("elements of type " + shape.channel() + " are not interpolated");
        }
        for (int i = 0; i < MAX_TEXTURES; i++) {
            if (OPEN.get(i) == null) {
                Texture texture = new Texture(shape, sampling, address, rowBytes, MARK | i);
                if (OPEN.compareAndSet(i, null, texture)) {
                    return texture;
                }
            }
        }
        throw new IllegalStateException(MAX_TEXTURES + " textures are open");
    }

    /** The open texture with that handle, or null. */
    public static Texture find(long handle) {
        return (handle & ~(MAX_TEXTURES - 1L)) == MARK ? OPEN.get((int) handle & MAX_TEXTURES - 1) : null;
    }

    /** What a kernel takes as its argument. */
    public long handle() {
        return handle;
    }

    /** The elements. */
    public Shape shape() {
        return shape;
    }

    /** How they are read. */
    public Sampling sampling() {
        return sampling;
    }

    /** Address of an element that exists. */
    public long address(int x, int y, int z) {
        return address + ((long) z * shape.height() + y) * rowBytes + (long) x * shape.elementBytes();
    }

    /** Ends its use; the handle may become that of another texture. */
    @Override
    public void close() {
        OPEN.compareAndSet((int) handle & MAX_TEXTURES - 1, this, null);
    }
}
