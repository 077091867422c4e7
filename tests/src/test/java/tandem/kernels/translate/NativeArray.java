package tandem.kernels.translate;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Native memory of a test, with a gap of its own around it. A kernel that runs knows only addresses, so the newest
 * arrays stay although nothing else refers to them; older ones are freed with their objects.
 */
final class NativeArray {

    private static final int ALIGNMENT = 256;
    private static final long KEPT_BYTES = 64L << 20;
    private static final Deque<ByteBuffer> KEPT = new ArrayDeque<>();
    private static long kept;

    private final ByteBuffer all;
    private final ByteBuffer bytes;
    private final long address;

    NativeArray(int size) {
        all = ByteBuffer.allocateDirect(size + 2 * ALIGNMENT).order(ByteOrder.nativeOrder());
        keep(all);
        ByteBuffer aligned = all.alignedSlice(8);
        long base = tandem.kernels.translate.machine.Raw.UNSAFE.getLong(aligned, addressOffset());
        int shift = (int) (-base & ALIGNMENT - 1);
        bytes = aligned.slice(shift, size).order(ByteOrder.nativeOrder());
        address = base + shift;
    }

    private static synchronized void keep(ByteBuffer newest) {
        KEPT.addLast(newest);
        kept += newest.capacity();
        while (kept > KEPT_BYTES && KEPT.size() > 1) {
            kept -= KEPT.removeFirst().capacity();
        }
    }

    private static long addressOffset() {
        try {
            return tandem.kernels.translate.machine.Raw.UNSAFE.objectFieldOffset(
                    java.nio.Buffer.class.getDeclaredField("address"));
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException(e);
        }
    }

    static NativeArray of(float... values) {
        NativeArray array = new NativeArray(4 * values.length);
        array.bytes.asFloatBuffer().put(values);
        return array;
    }

    static NativeArray of(int... values) {
        NativeArray array = new NativeArray(4 * values.length);
        array.bytes.asIntBuffer().put(values);
        return array;
    }

    long address() {
        return address;
    }

    ByteBuffer bytes() {
        return bytes;
    }

    float[] floats() {
        float[] values = new float[bytes.capacity() / 4];
        bytes.asFloatBuffer().get(values);
        return values;
    }

    int[] ints() {
        int[] values = new int[bytes.capacity() / 4];
        bytes.asIntBuffer().get(values);
        return values;
    }
}
