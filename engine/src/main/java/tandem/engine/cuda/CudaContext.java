package tandem.engine.cuda;

import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;
import tandem.engine.LibraryException;

/**
 * The primary context of one GPU and its two streams, and the check of every result of a call. After an error that the
 * driver does not recover from, every further use throws {@link DeviceLostException}.
 */
final class CudaContext implements AutoCloseable {

    private final CudaProbe.Gpu gpu;
    private final CUdevice device = new CUdevice();
    private final CUcontext context = new CUcontext();
    private final CUstream stream = new CUstream();
    private final CUstream copyStream = new CUstream();
    private String lost;
    private boolean closed;

    CudaContext(CudaProbe.Gpu gpu) {
        this.gpu = gpu;
        check(JCudaDriver.cuDeviceGet(device, gpu.number()), "cuDeviceGet");
        check(JCudaDriver.cuDevicePrimaryCtxRetain(context, device), "cuDevicePrimaryCtxRetain");
        int streams = 0;
        try {
            check(JCudaDriver.cuCtxSetCurrent(context), "cuCtxSetCurrent");
            check(JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING), "cuStreamCreate");
            streams++;
            check(JCudaDriver.cuStreamCreate(copyStream, CUstream_flags.CU_STREAM_NON_BLOCKING), "cuStreamCreate");
        } catch (RuntimeException e) {
            if (streams > 0) {
                JCudaDriver.cuStreamDestroy(stream);
            }
            JCudaDriver.cuDevicePrimaryCtxRelease(device);
            throw e;
        }
    }

    CudaProbe.Gpu gpu() {
        return gpu;
    }

    /** Commands run here, in order. */
    CUstream stream() {
        return stream;
    }

    /** Uploads travel here while commands run. */
    CUstream copyStream() {
        return copyStream;
    }

    /** Makes the context current on this thread; throws when the device is closed or lost. */
    void enter() {
        if (closed) {
            throw new IllegalStateException("this cuda device is closed");
        }
        if (lost != null) {
            throw new DeviceLostException(lost);
        }
        check(JCudaDriver.cuCtxSetCurrent(context), "cuCtxSetCurrent");
    }

    /** Throws unless {@code result} is success. */
    void check(int result, String call) {
        if (result != 0) {
            throw failure(result, call);
        }
    }

    /** The exception for a result that is not success; remembers that the device is lost if it is. */
    RuntimeException failure(int result, String call) {
        if (lost != null) {
            return new DeviceLostException(lost);
        }
        String message = call + " on cuda:" + gpu.number() + " (" + gpu.name() + "): " + DriverCall.describe(result);
        if (DriverCall.sticky(result)) {
            lost = message
                    + "; the GPU takes no more work from this process. What is on disk is safe: start again and resume from the "
                    + "last checkpoint";
            return new DeviceLostException(lost);
        }
        return new LibraryException(message);
    }

    /** Waits until both streams are idle. */
    void synchronize() {
        check(JCudaDriver.cuStreamSynchronize(copyStream), "cuStreamSynchronize");
        check(JCudaDriver.cuStreamSynchronize(stream), "cuStreamSynchronize");
    }

    /**
     * Makes the context current for releasing what is left, whatever state it is in; results of releases are ignored.
     */
    void enterForClose() {
        JCudaDriver.cuCtxSetCurrent(context);
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            JCudaDriver.cuStreamDestroy(copyStream);
            JCudaDriver.cuStreamDestroy(stream);
            JCudaDriver.cuDevicePrimaryCtxRelease(device);
        }
    }
}
