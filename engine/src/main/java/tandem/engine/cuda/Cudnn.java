package tandem.engine.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;
import jcuda.Pointer;
import jcuda.driver.JCudaDriver;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnActivationDescriptor;
import jcuda.jcudnn.cudnnActivationMode;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionMode;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnMathType;
import jcuda.jcudnn.cudnnNanPropagation;
import jcuda.jcudnn.cudnnTensorDescriptor;
import jcuda.jcudnn.cudnnTensorFormat;
import jcuda.runtime.cudaStream_t;
import tandem.engine.DataType;
import tandem.engine.Dnn.ConvolutionShape;
import tandem.engine.LibraryException;

/** A cuDNN handle on the device's stream, the descriptors made with it, and the judgement of its results. */
final class Cudnn implements AutoCloseable {

    private static final int NHWC = cudnnTensorFormat.CUDNN_TENSOR_NHWC;
    private static final int FLOAT = cudnnDataType.CUDNN_DATA_FLOAT;
    private static final int OLDEST_BFLOAT16 = 80;

    /** A handle whose address can be read, as attributes of the graph API hold it. */
    private static final class Handle extends cudnnHandle {
        private long address() {
            return getNativePointer();
        }
    }

    private final CudaContext context;
    private final Handle handle = new Handle();
    private final Deque<Runnable> releases = new ArrayDeque<>();
    private final Pointer one;
    private final Pointer zero;

    Cudnn(CudaContext context) {
        this.context = context;
        ByteBuffer factors = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());
        factors.putFloat(0, 1);
        this.one = Pointer.to(factors.slice(0, 4).order(ByteOrder.nativeOrder()));
        this.zero = Pointer.to(factors.slice(4, 4).order(ByteOrder.nativeOrder()));
        check(JCudnn.cudnnCreate(handle), "cudnnCreate", "");
        releases.push(() -> JCudnn.cudnnDestroy(handle));
        try {
            check(JCudnn.cudnnSetStream(handle, new cudaStream_t(context.stream())), "cudnnSetStream", "");
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    cudnnHandle handle() {
        return handle;
    }

    /** The handle as a number. */
    long address() {
        return handle.address();
    }

    /** The factor 1 in direct memory. */
    Pointer one() {
        return one;
    }

    /** The factor 0 in direct memory. */
    Pointer zero() {
        return zero;
    }

    /** Throws unless {@code status} is success: names the call, the sizes and cuDNN's own word for the error. */
    void check(int status, String call, Object sizes) {
        if (status != 0) {
            throw failure(status, call, sizes);
        }
    }

    private RuntimeException failure(int status, String call, Object sizes) {
        // cuDNN reports an error of a kernel as a failed execution only; the driver reports the cause.
        int driver = JCudaDriver.cuStreamQuery(context.stream());
        if (DriverCall.sticky(driver)) {
            return context.failure(driver, call);
        }
        return new LibraryException(
                call + " of " + sizes + " on cuda:" + context.gpu().number() + " ("
                        + context.gpu().name() + "): " + JCudnn.cudnnGetErrorString(status) + " (" + status + ")");
    }

    /** cuDNN's number of a type. */
    static int number(DataType type) {
        return switch (type) {
            case FLOAT32 -> FLOAT;
            case BFLOAT16 -> cudnnDataType.CUDNN_DATA_BFLOAT16;
            case FLOAT16 -> cudnnDataType.CUDNN_DATA_HALF;
            default -> throw new IllegalArgumentException("cuDNN is not used for " + type);
        };
    }

    /** Throws when the GPU has no convolutions in that type. */
    void require(DataType type) {
        if (type == DataType.BFLOAT16 && context.gpu().architecture() < OLDEST_BFLOAT16) {
            throw new LibraryException("cuda:" + context.gpu().number() + " ("
                    + context.gpu().name() + ", compute capability "
                    + context.gpu().architecture() / 10 + "." + context.gpu().architecture() % 10
                    + ") has no bfloat16 convolutions, which need 8.0 or higher; use float16");
        }
    }

    /** A dense (N, H, W, C). */
    cudnnTensorDescriptor tensor(int n, int h, int w, int c, DataType type) {
        cudnnTensorDescriptor descriptor = new cudnnTensorDescriptor();
        check(JCudnn.cudnnCreateTensorDescriptor(descriptor), "cudnnCreateTensorDescriptor", "");
        releases.push(() -> JCudnn.cudnnDestroyTensorDescriptor(descriptor));
        check(
                JCudnn.cudnnSetTensor4dDescriptor(descriptor, NHWC, number(type), n, c, h, w),
                "cudnnSetTensor4dDescriptor",
                "(" + n + ", " + h + ", " + w + ", " + c + ")");
        return descriptor;
    }

    /** A dense (K, R, S, C). */
    cudnnFilterDescriptor filter(ConvolutionShape shape) {
        cudnnFilterDescriptor descriptor = new cudnnFilterDescriptor();
        check(JCudnn.cudnnCreateFilterDescriptor(descriptor), "cudnnCreateFilterDescriptor", "");
        releases.push(() -> JCudnn.cudnnDestroyFilterDescriptor(descriptor));
        check(
                JCudnn.cudnnSetFilter4dDescriptor(
                        descriptor, number(shape.type()), NHWC, shape.k(), shape.c(), shape.r(), shape.s()),
                "cudnnSetFilter4dDescriptor",
                shape);
        return descriptor;
    }

    /** A cross-correlation with sums in float; its math type selects tensor cores, and TF32 for float factors. */
    cudnnConvolutionDescriptor convolution(ConvolutionShape shape, boolean tensorFloat32) {
        cudnnConvolutionDescriptor descriptor = new cudnnConvolutionDescriptor();
        check(JCudnn.cudnnCreateConvolutionDescriptor(descriptor), "cudnnCreateConvolutionDescriptor", "");
        releases.push(() -> JCudnn.cudnnDestroyConvolutionDescriptor(descriptor));
        check(
                JCudnn.cudnnSetConvolution2dDescriptor(
                        descriptor,
                        shape.padding(),
                        shape.padding(),
                        shape.stride(),
                        shape.stride(),
                        1,
                        1,
                        cudnnConvolutionMode.CUDNN_CROSS_CORRELATION,
                        FLOAT),
                "cudnnSetConvolution2dDescriptor",
                shape);
        mathType(
                descriptor,
                shape.type().half()
                        ? cudnnMathType.CUDNN_TENSOR_OP_MATH
                        : tensorFloat32 ? cudnnMathType.CUDNN_DEFAULT_MATH : cudnnMathType.CUDNN_FMA_MATH,
                shape);
        return descriptor;
    }

    void mathType(cudnnConvolutionDescriptor descriptor, int math, ConvolutionShape shape) {
        check(JCudnn.cudnnSetConvolutionMathType(descriptor, math), "cudnnSetConvolutionMathType", shape);
    }

    /** ReLU, or none. */
    cudnnActivationDescriptor activation(boolean relu) {
        cudnnActivationDescriptor descriptor = new cudnnActivationDescriptor();
        check(JCudnn.cudnnCreateActivationDescriptor(descriptor), "cudnnCreateActivationDescriptor", "");
        releases.push(() -> JCudnn.cudnnDestroyActivationDescriptor(descriptor));
        check(
                JCudnn.cudnnSetActivationDescriptor(
                        descriptor,
                        relu
                                ? cudnnActivationMode.CUDNN_ACTIVATION_RELU
                                : cudnnActivationMode.CUDNN_ACTIVATION_IDENTITY,
                        cudnnNanPropagation.CUDNN_PROPAGATE_NAN,
                        0),
                "cudnnSetActivationDescriptor",
                relu ? "ReLU" : "identity");
        return descriptor;
    }

    @Override
    public void close() {
        while (!releases.isEmpty()) {
            releases.pop().run();
        }
    }
}
