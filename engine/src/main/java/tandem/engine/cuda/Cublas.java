package tandem.engine.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import jcuda.Pointer;
import jcuda.cudaDataType;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasGemmAlgo;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasMath;
import jcuda.jcublas.cublasOperation;
import jcuda.jcublas.cublasStatus;
import jcuda.runtime.cudaStream_t;
import tandem.engine.DataType;
import tandem.engine.Dnn.ProductShape;
import tandem.engine.LibraryException;
import tandem.engine.Memory;
import tandem.engine.memory.Allocations;

/**
 * A cuBLAS handle on the device's stream, with a workspace of its own, as it must not allocate one during a capture.
 */
final class Cublas implements AutoCloseable {

    /**
     * What NVIDIA recommends for compute capability 9.0, and for others (cuBLAS documentation, "cublasSetWorkspace").
     */
    private static final long LARGE_WORKSPACE = 32L << 20;

    private static final long SMALL_WORKSPACE = 4L << 20;

    private final CudaContext context;
    private final Allocations memory;
    private final cublasHandle handle = new cublasHandle();
    private final Pointer one;
    private final Pointer zero;

    Cublas(CudaContext context, Allocations memory, boolean tensorFloat32) {
        this.context = context;
        this.memory = memory;
        ByteBuffer factors = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());
        factors.putFloat(0, 1);
        this.one = Pointer.to(factors.slice(0, 4).order(ByteOrder.nativeOrder()));
        this.zero = Pointer.to(factors.slice(4, 4).order(ByteOrder.nativeOrder()));
        Memory workspace = memory.allocate(
                        context.gpu().architecture() >= 90 ? LARGE_WORKSPACE : SMALL_WORKSPACE, "cuBLAS workspace")
                .memory();
        check(JCublas2.cublasCreate(handle), "cublasCreate");
        try {
            check(JCublas2.cublasSetStream(handle, new cudaStream_t(context.stream())), "cublasSetStream");
            check(
                    JCublas2.cublasSetWorkspace(handle, DeviceAddress.of(workspace.address()), workspace.bytes()),
                    "cublasSetWorkspace");
            check(
                    JCublas2.cublasSetMathMode(
                            handle,
                            tensorFloat32 ? cublasMath.CUBLAS_TF32_TENSOR_OP_MATH : cublasMath.CUBLAS_DEFAULT_MATH),
                    "cublasSetMathMode");
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void check(int status, String call) {
        if (status != 0) {
            int driver = JCudaDriver.cuStreamQuery(context.stream());
            if (DriverCall.sticky(driver)) {
                throw context.failure(driver, call);
            }
            throw new LibraryException(call + " on cuda:" + context.gpu().number() + " ("
                    + context.gpu().name() + "): " + cublasStatus.stringFor(status) + " (" + status + ")");
        }
    }

    private static int number(DataType type) {
        return type == DataType.BFLOAT16
                ? cudaDataType.CUDA_R_16BF
                : type == DataType.FLOAT16 ? cudaDataType.CUDA_R_16F : cudaDataType.CUDA_R_32F;
    }

    /**
     * c = a b, row-major, with sums in float.
     *
     * @param factors type of a and b
     * @param product type of c: that of the factors, or FLOAT32
     */
    CudaCommand product(DataType factors, DataType product, ProductShape shape, Memory a, Memory b, Memory c) {
        int m = shape.m();
        int n = shape.n();
        int k = shape.k();
        boolean transposeA = shape.transposeA();
        boolean transposeB = shape.transposeB();
        Pointer first = DeviceAddress.of(a.address());
        Pointer second = DeviceAddress.of(b.address());
        Pointer result = DeviceAddress.of(c.address());
        int left = transposeB ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
        int right = transposeA ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
        String call = (factors.half() ? "cublasGemmEx of " + factors : "cublasSgemm of") + " (" + m + ", " + k + ") x ("
                + k + ", " + n + ")";
        // BLAS counts columns first, so for BLAS every matrix is transposed: c' = b' a'.
        if (factors.half()) {
            // JCublas calls the form of older versions, which names the type of the sums and makes cuBLAS read the
            // math mode.
            return new LibraryCall(
                    "matrix_product",
                    context,
                    memory,
                    List.of(a, b, c),
                    () -> check(
                            JCublas2.cublasGemmEx(
                                    handle,
                                    left,
                                    right,
                                    n,
                                    m,
                                    k,
                                    one,
                                    second,
                                    number(factors),
                                    transposeB ? k : n,
                                    first,
                                    number(factors),
                                    transposeA ? m : k,
                                    zero,
                                    result,
                                    number(product),
                                    n,
                                    number(DataType.FLOAT32),
                                    cublasGemmAlgo.CUBLAS_GEMM_DEFAULT),
                            call));
        }
        return new LibraryCall(
                "matrix_product",
                context,
                memory,
                List.of(a, b, c),
                () -> check(
                        JCublas2.cublasSgemm(
                                handle,
                                left,
                                right,
                                n,
                                m,
                                k,
                                one,
                                second,
                                transposeB ? k : n,
                                first,
                                transposeA ? m : k,
                                zero,
                                result,
                                n),
                        call));
    }

    @Override
    public void close() {
        JCublas2.cublasDestroy(handle);
    }
}
