package tandem.engine.cuda;

import java.nio.ByteBuffer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnBackendAttributeType;
import jcuda.jcudnn.cudnnBackendDescriptor;
import jcuda.jcudnn.cudnnDataType;

/**
 * A descriptor of cuDNN's graph API: it is made, gets its attributes, is finalized, and then can be read and used. It
 * belongs to a {@link CudnnBackend}, which destroys it at the latest.
 */
final class BackendDescriptor extends cudnnBackendDescriptor implements AutoCloseable {

    private final CudnnBackend backend;
    private final String name;

    /** Made by {@link CudnnBackend#make}; {@code name} is for errors. */
    BackendDescriptor(CudnnBackend backend, String name) {
        this.backend = backend;
        this.name = name;
    }

    long address() {
        return getNativePointer();
    }

    /** Sets 64-bit numbers. */
    BackendDescriptor set(int attribute, long... values) {
        return setAddresses(attribute, cudnnBackendAttributeType.CUDNN_TYPE_INT64, values);
    }

    /** Sets addresses of memory, or a library handle, by the type of the attribute. */
    BackendDescriptor setAddresses(int attribute, int type, long... values) {
        put(values);
        return set(attribute, type, values.length);
    }

    /** Sets other descriptors. */
    BackendDescriptor set(int attribute, BackendDescriptor... values) {
        return setAddresses(attribute, cudnnBackendAttributeType.CUDNN_TYPE_BACKEND_DESCRIPTOR, addresses(values));
    }

    /** Sets what the owner's native memory holds. */
    BackendDescriptor setBytes(int attribute, int type, int count) {
        return set(attribute, type, count);
    }

    /** Sets one value of an enumeration, which has 32 bits. */
    BackendDescriptor setEnum(int attribute, int type, int value) {
        backend.array(1).putInt(0, value);
        return set(attribute, type, 1);
    }

    /** Sets a float. */
    BackendDescriptor setFloat(int attribute, float value) {
        backend.array(1).putFloat(0, value);
        return set(attribute, cudnnBackendAttributeType.CUDNN_TYPE_FLOAT, 1);
    }

    /** Sets a double. */
    BackendDescriptor setDouble(int attribute, double value) {
        backend.array(1).putDouble(0, value);
        return set(attribute, cudnnBackendAttributeType.CUDNN_TYPE_DOUBLE, 1);
    }

    /** Sets a truth value, which has 8 bits. */
    BackendDescriptor setFlag(int attribute, boolean value) {
        backend.array(1).put(0, (byte) (value ? 1 : 0));
        return set(attribute, cudnnBackendAttributeType.CUDNN_TYPE_BOOLEAN, 1);
    }

    /** Sets the compute type of sums and element-wise operations: float. */
    BackendDescriptor setComputesInFloat(int attribute) {
        return setEnum(attribute, cudnnBackendAttributeType.CUDNN_TYPE_DATA_TYPE, cudnnDataType.CUDNN_DATA_FLOAT);
    }

    private void put(long[] values) {
        ByteBuffer array = backend.array(values.length);
        for (int i = 0; i < values.length; i++) {
            array.putLong(8 * i, values[i]);
        }
    }

    private BackendDescriptor set(int attribute, int type, int count) {
        backend.check(
                JCudnn.cudnnBackendSetAttribute(this, attribute, type, count, backend.pointer()),
                "cudnnBackendSetAttribute",
                "attribute " + attribute + " of " + name);
        return this;
    }

    /** No attribute changes afterwards. */
    BackendDescriptor ready() {
        backend.check(JCudnn.cudnnBackendFinalize(this), "cudnnBackendFinalize", name);
        return this;
    }

    /** One 64-bit number. */
    long number(int attribute) {
        backend.array(1).putLong(0, 0);
        get(attribute, cudnnBackendAttributeType.CUDNN_TYPE_INT64, 1);
        return backend.array(1).getLong(0);
    }

    /** Values of an enumeration, at most {@code max}. */
    int[] enums(int attribute, int type, int max) {
        ByteBuffer array = backend.array(max);
        int[] values = new int[Math.min(max, get(attribute, type, max))];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.getInt(4 * i);
        }
        return values;
    }

    /**
     * Fills descriptors that were made for it.
     *
     * @return how many there are, which may be more than were filled
     */
    int fill(int attribute, BackendDescriptor... descriptors) {
        put(addresses(descriptors));
        return get(attribute, cudnnBackendAttributeType.CUDNN_TYPE_BACKEND_DESCRIPTOR, descriptors.length);
    }

    private int get(int attribute, int type, int max) {
        long[] count = new long[1];
        backend.check(
                JCudnn.cudnnBackendGetAttribute(this, attribute, type, max, count, backend.pointer()),
                "cudnnBackendGetAttribute",
                "attribute " + attribute + " of " + name);
        return (int) count[0];
    }

    private static long[] addresses(BackendDescriptor... descriptors) {
        long[] addresses = new long[descriptors.length];
        for (int i = 0; i < addresses.length; i++) {
            addresses[i] = descriptors[i].address();
        }
        return addresses;
    }

    @Override
    public void close() {
        backend.destroy(this);
    }
}
