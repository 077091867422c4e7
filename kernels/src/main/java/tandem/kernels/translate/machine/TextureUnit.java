package tandem.kernels.translate.machine;

import java.util.Arrays;
import sun.misc.Unsafe;
import tandem.kernels.Texture;
import tandem.kernels.Texture.Addressing;
import tandem.kernels.Texture.Filtering;
import tandem.kernels.Texture.Geometry;

/**
 * Reads textures (CUDA C++ Programming Guide, "Texture Fetching": the formulas of coordinates and filters; "Cubemap
 * Textures": the faces). Results are the bits of four channels, in the caller's {@link BlockContext#texel}; those that
 * a texture does not have are 0, the fourth is 1.
 */
public final class TextureUnit {

    private static final Unsafe UNSAFE = Raw.UNSAFE;
    /** Weights of the linear filter have 8 bits behind the point. */
    private static final int WEIGHTS = 256;

    private TextureUnit() {}

    private static Texture texture(long handle) {
        Texture texture = Texture.find(handle);
        if (texture == null && handle != Texture.NOWHERE) {
            throw new IllegalStateException("0x" + Long.toHexString(handle) + " is not the handle of a texture");
        }
        return texture;
    }

    private static void clear(BlockContext context) {
        for (int c = 0; c < 4; c++) {
            context.texel[c] = 0;
        }
    }

    /** Called by generated code: the elements at a point. */
    public static void sample(long handle, int layer, float x, float y, float z, BlockContext context) {
        Texture texture = texture(handle);
        if (texture == null) {
            clear(context);
            return;
        }
        Geometry geometry = texture.shape().geometry();
        if (geometry == Geometry.CUBE || geometry == Geometry.LAYERED_CUBE) {
            cube(texture, layer, x, y, z, context);
            return;
        }
        filter(texture, x, y, z, plane(texture, layer), context);
    }

    /** The plane that a layer is; of a volume none. */
    private static int plane(Texture texture, int layer) {
        return texture.shape().geometry() == Geometry.VOLUME
                ? -1
                : Math.max(0, Math.min(texture.shape().depth() - 1, layer));
    }

    /** The coordinate of largest magnitude names the face, the others the point on it. */
    private static void cube(Texture texture, int layer, float x, float y, float z, BlockContext context) {
        float ax = Math.abs(x);
        float ay = Math.abs(y);
        float az = Math.abs(z);
        int face;
        float major;
        float s;
        float t;
        if (ax >= ay && ax >= az) {
            face = x >= 0 ? 0 : 1;
            major = ax;
            s = x >= 0 ? -z : z;
            t = -y;
        } else if (ay >= az) {
            face = y >= 0 ? 2 : 3;
            major = ay;
            s = x;
            t = y >= 0 ? z : -z;
        } else {
            face = z >= 0 ? 4 : 5;
            major = az;
            s = z >= 0 ? x : -x;
            t = -y;
        }
        int size = texture.shape().width();
        float scale = texture.sampling().normalizedCoordinates() ? 1 : size;
        filter(
                texture,
                (s / major + 1) / 2 * scale,
                (t / major + 1) / 2 * scale,
                0,
                plane(texture, 6 * layer + face),
                context);
    }

    private static void filter(Texture texture, float x, float y, float z, int plane, BlockContext context) {
        boolean normalized = texture.sampling().normalizedCoordinates();
        float px = normalized ? x * texture.shape().width() : x;
        float py = normalized ? y * texture.shape().height() : y;
        float pz = normalized ? z * texture.shape().depth() : z;
        if (texture.sampling().filtering() == Filtering.POINT) {
            element(texture, floor(px), floor(py), plane < 0 ? floor(pz) : plane, plane >= 0, context.texel);
            return;
        }
        int ix = floor(px - 0.5f);
        int iy = floor(py - 0.5f);
        int iz = plane < 0 ? floor(pz - 0.5f) : plane;
        boolean hasY =
                texture.shape().geometry() != Geometry.LINE && texture.shape().geometry() != Geometry.LAYERED_LINE;
        float[] sum = context.texelSum;
        Arrays.fill(sum, 0);
        for (int corner = 0; corner < 8; corner++) {
            int dx = corner & 1;
            int dy = corner >> 1 & 1;
            int dz = corner >> 2;
            if (dy > 0 && !hasY || dz > 0 && plane >= 0) {
                continue;
            }
            float weight = weight(px - 0.5f - ix, dx)
                    * (hasY ? weight(py - 0.5f - iy, dy) : 1)
                    * (plane < 0 ? weight(pz - 0.5f - iz, dz) : 1);
            if (weight != 0) {
                element(texture, ix + dx, hasY ? iy + dy : 0, iz + dz, plane >= 0, context.texel);
                for (int c = 0; c < 4; c++) {
                    sum[c] += weight * Float.intBitsToFloat(context.texel[c]);
                }
            }
        }
        for (int c = 0; c < 4; c++) {
            context.texel[c] = Float.floatToRawIntBits(sum[c]);
        }
    }

    private static float weight(float fraction, int upper) {
        float rounded = (float) Math.rint(fraction * WEIGHTS) / WEIGHTS;
        return upper == 1 ? rounded : 1 - rounded;
    }

    /** Not a number counts as 0. */
    private static int floor(float value) {
        return (int) Math.floor(value);
    }

    /** Called by generated code: the element with those numbers. */
    public static void fetch(long handle, int layer, int x, int y, int z, BlockContext context) {
        Texture texture = texture(handle);
        if (texture == null) {
            clear(context);
            return;
        }
        int plane = plane(texture, layer);
        element(texture, x, y, plane < 0 ? z : plane, plane >= 0, context.texel);
    }

    /** Called by generated code: one channel of the four elements around a point (PTX ISA, {@code tld4}). */
    public static void gather(long handle, int channel, float x, float y, BlockContext context) {
        Texture texture = texture(handle);
        if (texture == null) {
            clear(context);
            return;
        }
        boolean normalized = texture.sampling().normalizedCoordinates();
        int ix = floor((normalized ? x * texture.shape().width() : x) - 0.5f);
        int iy = floor((normalized ? y * texture.shape().height() : y) - 0.5f);
        int[] found = context.gathered;
        for (int k = 0; k < 4; k++) {
            // Counterclockwise from the lower left.
            int dx = k == 1 || k == 2 ? 1 : 0;
            int dy = k < 2 ? 1 : 0;
            element(texture, ix + dx, iy + dy, 0, true, context.texel);
            found[k] = context.texel[channel];
        }
        System.arraycopy(found, 0, context.texel, 0, 4);
    }

    private static void element(Texture texture, int x, int y, int z, boolean planeIsFixed, int[] into) {
        Texture.Shape shape = texture.shape();
        int ex = place(texture, x, shape.width());
        int ey = place(texture, y, shape.height());
        int ez = planeIsFixed ? z : place(texture, z, shape.depth());
        boolean outside = ex < 0 || ey < 0 || ez < 0;
        long at = outside ? 0 : texture.address(ex, ey, ez);
        boolean floats = texture.sampling().normalizedValues()
                || shape.channel() == Texture.Channel.F16
                || shape.channel() == Texture.Channel.F32;
        for (int c = 0; c < 4; c++) {
            int missing = c < 3 ? 0 : floats ? Float.floatToRawIntBits(1) : 1;
            into[c] = outside
                    ? 0
                    : c < shape.channels()
                            ? channel(texture, at + (long) c * shape.channel().bytes())
                            : missing;
        }
    }

    /** The number of an element along a dim; -1 outside. */
    private static int place(Texture texture, int index, int size) {
        if (index >= 0 && index < size) {
            return index;
        }
        Addressing addressing = texture.sampling().addressing();
        if (addressing == Addressing.BORDER) {
            return -1;
        }
        if (addressing == Addressing.CLAMP || !texture.sampling().normalizedCoordinates()) {
            return index < 0 ? 0 : size - 1;
        }
        if (addressing == Addressing.WRAP) {
            return Math.floorMod(index, size);
        }
        int turned = Math.floorMod(index, 2 * size);
        return turned < size ? turned : 2 * size - 1 - turned;
    }

    private static int channel(Texture texture, long at) {
        boolean normalized = texture.sampling().normalizedValues();
        return switch (texture.shape().channel()) {
            case U8 -> value(UNSAFE.getByte(at) & 0xFF, 255, normalized);
            case S8 -> value(UNSAFE.getByte(at), 127, normalized);
            case U16 -> value(UNSAFE.getShort(at) & 0xFFFF, 65535, normalized);
            case S16 -> value(UNSAFE.getShort(at), 32767, normalized);
            case F16 -> Float.floatToRawIntBits(HalfPrecision.toFloat(UNSAFE.getShort(at) & 0xFFFF));
            default -> UNSAFE.getInt(at);
        };
    }

    private static int value(int number, int max, boolean normalized) {
        return normalized ? Float.floatToRawIntBits(Math.max(-1f, (float) number / max)) : number;
    }

    /** Called by generated code: width, height or depth. */
    public static int size(long handle, int dim) {
        Texture texture = texture(handle);
        if (texture == null) {
            return 0;
        }
        return dim == 0
                ? texture.shape().width()
                : dim == 1 ? texture.shape().height() : texture.shape().depth();
    }

    private static final long ZEROS = scratch();
    private static final long DROPPED = scratch();

    private static long scratch() {
        long address = UNSAFE.allocateMemory(64);
        UNSAFE.setMemory(address, 64, (byte) 0);
        return address + 15 & -16L;
    }

    /** What a surface access outside does, as generated code names it. */
    public static final int TRAP = 0;

    public static final int CLAMP = 1;
    public static final int ZERO = 2;

    /**
     * Called by generated code: where bytes of a surface lie (PTX ISA, {@code suld.b} and {@code sust.b}).
     *
     * @param x the first byte in its row
     * @param outside {@link #TRAP}, {@link #CLAMP} or {@link #ZERO}
     * @param writes whether they are written
     */
    public static long surface(long handle, int x, int y, int z, int bytes, int outside, int writes) {
        Texture texture = texture(handle);
        if (texture == null) {
            return writes != 0 ? DROPPED : ZEROS;
        }
        Texture.Shape shape = texture.shape();
        int rowBytes = shape.width() * shape.elementBytes();
        boolean inside = x >= 0 && x + bytes <= rowBytes && y >= 0 && y < shape.height() && z >= 0 && z < shape.depth();
        if (!inside && outside == TRAP) {
            throw new IllegalStateException("a surface of " + shape.width() + " x " + shape.height() + " x "
                    + shape.depth() + " elements of " + shape.elementBytes() + " bytes is accessed at byte " + x
                    + " of row " + y + " of plane " + z);
        }
        if (!inside && outside == ZERO) {
            return writes != 0 ? DROPPED : ZEROS;
        }
        int cx = Math.max(0, Math.min(rowBytes - bytes, x));
        int cy = Math.max(0, Math.min(shape.height() - 1, y));
        int cz = Math.max(0, Math.min(shape.depth() - 1, z));
        return texture.address(0, cy, cz) + cx;
    }
}
