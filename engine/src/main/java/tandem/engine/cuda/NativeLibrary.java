package tandem.engine.cuda;

import java.util.List;
import jcuda.LogLevel;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcudnn.JCudnn;
import org.bytedeco.javacpp.Loader;
import tandem.kernels.natives.JCudaNatives;
import tandem.kernels.natives.JavaCppNatives;

/**
 * A library of NVIDIA's and the class of JCuda that binds it. The library and every function that is called are looked
 * for before JCuda loads: a function that turns out to be missing in the middle of a call would end the process.
 */
enum NativeLibrary {
    DRIVER(
            "libcuda.so.1",
            "install the NVIDIA driver, 525.60 or later",
            "JCudaDriver",
            () -> {
                JCudaDriver.setLogLevel(LogLevel.LOG_QUIET);
                JCudaDriver.setExceptionsEnabled(false);
            },
            List.of(
                    "cuInit",
                    "cuDriverGetVersion",
                    "cuGetErrorName",
                    "cuGetErrorString",
                    "cuDeviceGetCount",
                    "cuDeviceGet",
                    "cuDeviceGetName",
                    "cuDeviceGetAttribute",
                    "cuDeviceTotalMem_v2",
                    "cuDevicePrimaryCtxRetain",
                    "cuDevicePrimaryCtxRelease_v2",
                    "cuCtxSetCurrent",
                    "cuMemGetInfo_v2",
                    "cuMemAlloc_v2",
                    "cuMemFree_v2",
                    "cuMemHostAlloc",
                    "cuMemFreeHost",
                    "cuMemsetD8Async",
                    "cuMemcpyHtoDAsync_v2",
                    "cuMemcpyDtoHAsync_v2",
                    "cuMemcpyDtoDAsync_v2",
                    "cuStreamCreate",
                    "cuStreamDestroy_v2",
                    "cuStreamSynchronize",
                    "cuStreamQuery",
                    "cuStreamWaitEvent",
                    "cuStreamBeginCapture_v2",
                    "cuStreamEndCapture",
                    "cuEventCreate",
                    "cuEventRecord",
                    "cuEventSynchronize",
                    "cuEventElapsedTime",
                    "cuEventDestroy_v2",
                    "cuModuleLoadDataEx",
                    "cuModuleGetFunction",
                    "cuModuleUnload",
                    "cuFuncGetAttribute",
                    "cuLaunchKernel",
                    "cuGraphInstantiateWithFlags",
                    "cuGraphUpload",
                    "cuGraphLaunch",
                    "cuGraphDestroy",
                    "cuGraphExecDestroy")),
    CUDNN(
            "libcudnn.so.9",
            "install cuDNN 9 for CUDA 12 or 13 and put its folder on LD_LIBRARY_PATH",
            "JCudnn",
            () -> {
                JCudnn.setLogLevel(LogLevel.LOG_QUIET);
                JCudnn.setExceptionsEnabled(false);
            },
            List.of(
                    "cudnnGetVersion",
                    "cudnnGetErrorString",
                    "cudnnCreate",
                    "cudnnDestroy",
                    "cudnnSetStream",
                    "cudnnCreateTensorDescriptor",
                    "cudnnSetTensor4dDescriptor",
                    "cudnnDestroyTensorDescriptor",
                    "cudnnCreateFilterDescriptor",
                    "cudnnSetFilter4dDescriptor",
                    "cudnnDestroyFilterDescriptor",
                    "cudnnCreateConvolutionDescriptor",
                    "cudnnSetConvolution2dDescriptor",
                    "cudnnSetConvolutionMathType",
                    "cudnnDestroyConvolutionDescriptor",
                    "cudnnCreateActivationDescriptor",
                    "cudnnSetActivationDescriptor",
                    "cudnnDestroyActivationDescriptor",
                    "cudnnFindConvolutionForwardAlgorithmEx",
                    "cudnnFindConvolutionBackwardDataAlgorithmEx",
                    "cudnnFindConvolutionBackwardFilterAlgorithmEx",
                    "cudnnGetConvolutionForwardWorkspaceSize",
                    "cudnnGetConvolutionBackwardDataWorkspaceSize",
                    "cudnnGetConvolutionBackwardFilterWorkspaceSize",
                    "cudnnConvolutionForward",
                    "cudnnConvolutionBiasActivationForward",
                    "cudnnConvolutionBackwardData",
                    "cudnnConvolutionBackwardFilter")),
    CUBLAS(
            "libcublas.so.12",
            "it comes with CUDA 12; without it matrix products go through cuDNN",
            "JCublas2",
            () -> {
                JCublas2.setLogLevel(LogLevel.LOG_QUIET);
                JCublas2.setExceptionsEnabled(false);
            },
            List.of(
                    "cublasCreate_v2",
                    "cublasDestroy_v2",
                    "cublasSetStream_v2",
                    "cublasSetWorkspace_v2",
                    "cublasSetMathMode",
                    "cublasGetMathMode",
                    "cublasSgemm_v2",
                    "cublasGemmEx"));

    private final String file;
    private final String remedy;
    private final String binding;
    private final Runnable initialize;
    private final List<String> functions;

    NativeLibrary(String file, String remedy, String binding, Runnable initialize, List<String> functions) {
        this.file = file;
        this.remedy = remedy;
        this.binding = binding;
        this.initialize = initialize;
        this.functions = functions;
    }

    /** Such as {@code libcuda.so.1}. */
    String file() {
        return file;
    }

    /** How to get it. */
    String remedy() {
        return remedy;
    }

    /**
     * Loads it and its binding.
     *
     * @return null when all is there, else one line that states what is missing and how to get it
     */
    String load() {
        return load(file);
    }

    /** The same with another file in its place, whose own name for itself must be {@link #file}. */
    String load(String substitute) {
        try {
            JavaCppNatives.prepare();
            Loader.loadGlobal(substitute);
        } catch (UnsatisfiedLinkError e) {
            return substitute + " does not load (" + oneLine(e) + "); " + remedy;
        }
        List<String> missing = missing(functions);
        if (!missing.isEmpty()) {
            return file + " lacks " + String.join(", ", missing) + "; " + remedy;
        }
        try {
            JCudaNatives.load(binding, initialize);
            return null;
        } catch (LinkageError | IllegalStateException e) {
            return "JCuda's binding " + binding + " does not load (" + oneLine(e) + ")";
        }
    }

    /** Why cuDNN's graph API cannot be used, in one line, or null when it can; only after {@link #CUDNN} has loaded. */
    static String graphProblem() {
        List<String> missing = missing(CudnnBackend.FUNCTIONS);
        return missing.isEmpty() ? null : CUDNN.file() + " lacks " + String.join(", ", missing);
    }

    private static List<String> missing(List<String> functions) {
        return functions.stream()
                .filter(function -> Loader.addressof(function) == null)
                .toList();
    }

    private static String oneLine(Throwable e) {
        String message = String.valueOf(e.getMessage()).strip();
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }
}
