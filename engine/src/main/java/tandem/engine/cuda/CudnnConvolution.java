package tandem.engine.cuda;

import java.util.ArrayList;
import java.util.List;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnActivationDescriptor;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionFwdAlgoPerf;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnMathType;
import jcuda.jcudnn.cudnnTensorDescriptor;
import tandem.engine.ConvolutionKind;
import tandem.engine.DataType;
import tandem.engine.Dnn.ConvolutionShape;
import tandem.engine.LibraryException;
import tandem.engine.Memory;
import tandem.engine.memory.Allocations;

/** The descriptors of one convolution and cuDNN's calls with them. */
final class CudnnConvolution {

    private static final int MAX_ALGORITHMS = 10;

    /** One algorithm as cuDNN measured it, with the workspace and the math type of its calls. */
    record Measured(
            int algorithm, int status, float milliseconds, long workspaceBytes, boolean deterministic, int math) {}

    private final Cudnn cudnn;
    private final CudaContext context;
    private final Allocations memory;
    private final ConvolutionShape shape;
    private final ConvolutionKind kind;
    private final cudnnTensorDescriptor x;
    private final cudnnTensorDescriptor y;
    private final cudnnTensorDescriptor bias;
    private final cudnnFilterDescriptor filter;
    private final cudnnConvolutionDescriptor convolution;
    private final boolean tensorFloat32;

    CudnnConvolution(
            Cudnn cudnn,
            CudaContext context,
            Allocations memory,
            ConvolutionShape shape,
            ConvolutionKind kind,
            boolean tensorFloat32) {
        this.cudnn = cudnn;
        this.context = context;
        this.memory = memory;
        this.shape = shape;
        this.kind = kind;
        this.tensorFloat32 = tensorFloat32;
        cudnn.require(shape.type());
        this.x = cudnn.tensor(shape.n(), shape.h(), shape.w(), shape.c(), shape.type());
        this.y = cudnn.tensor(shape.n(), shape.outputH(), shape.outputW(), shape.k(), shape.type());
        this.bias = cudnn.tensor(1, 1, 1, shape.k(), shape.type());
        this.filter = cudnn.filter(shape);
        this.convolution = cudnn.convolution(shape, tensorFloat32);
    }

    long xBytes() {
        return shape.type().bytes() * shape.inputElements();
    }

    long yBytes() {
        return shape.type().bytes() * shape.outputElements();
    }

    long filterBytes() {
        return shape.type().bytes() * shape.filterElements();
    }

    private static Pointer at(Memory memory) {
        return DeviceAddress.of(memory.address());
    }

    /** Makes cuDNN run every algorithm for which the workspace is large enough; the memories' contents are lost. */
    List<Measured> measure(Memory xs, Memory ys, Memory filters, Memory workspace) {
        try {
            return find(xs, ys, filters, workspace);
        } catch (ArrayIndexOutOfBoundsException e) {
            // When the call fails, JCudnn copies as many results as an uninitialized variable states.
            throw new LibraryException("cuDNN cannot measure " + shape + " (" + kind + ") on cuda:"
                    + context.gpu().number() + " (" + context.gpu().name()
                    + "); lower the workspace limit or check with nvidia-smi for other programs on this GPU");
        }
    }

    private List<Measured> find(Memory xs, Memory ys, Memory filters, Memory workspace) {
        int[] count = new int[1];
        List<Measured> result = new ArrayList<>();
        switch (kind) {
            case FORWARD -> {
                cudnnConvolutionFwdAlgoPerf[] found = new cudnnConvolutionFwdAlgoPerf[MAX_ALGORITHMS];
                cudnn.check(
                        JCudnn.cudnnFindConvolutionForwardAlgorithmEx(
                                cudnn.handle(),
                                x,
                                at(xs),
                                filter,
                                at(filters),
                                convolution,
                                y,
                                at(ys),
                                found.length,
                                count,
                                found,
                                at(workspace),
                                workspace.bytes()),
                        "cudnnFindConvolutionForwardAlgorithmEx",
                        shape);
                for (int i = 0; i < count[0]; i++) {
                    result.add(measured(
                            found[i].algo,
                            found[i].status,
                            found[i].time,
                            found[i].memory,
                            found[i].determinism,
                            found[i].mathType));
                }
            }
            case BACKWARD_DATA -> {
                cudnnConvolutionBwdDataAlgoPerf[] found = new cudnnConvolutionBwdDataAlgoPerf[MAX_ALGORITHMS];
                cudnn.check(
                        JCudnn.cudnnFindConvolutionBackwardDataAlgorithmEx(
                                cudnn.handle(),
                                filter,
                                at(filters),
                                y,
                                at(ys),
                                convolution,
                                x,
                                at(xs),
                                found.length,
                                count,
                                found,
                                at(workspace),
                                workspace.bytes()),
                        "cudnnFindConvolutionBackwardDataAlgorithmEx",
                        shape);
                for (int i = 0; i < count[0]; i++) {
                    result.add(measured(
                            found[i].algo,
                            found[i].status,
                            found[i].time,
                            found[i].memory,
                            found[i].determinism,
                            found[i].mathType));
                }
            }
            case BACKWARD_FILTER -> {
                cudnnConvolutionBwdFilterAlgoPerf[] found = new cudnnConvolutionBwdFilterAlgoPerf[MAX_ALGORITHMS];
                cudnn.check(
                        JCudnn.cudnnFindConvolutionBackwardFilterAlgorithmEx(
                                cudnn.handle(),
                                x,
                                at(xs),
                                y,
                                at(ys),
                                convolution,
                                filter,
                                at(filters),
                                found.length,
                                count,
                                found,
                                at(workspace),
                                workspace.bytes()),
                        "cudnnFindConvolutionBackwardFilterAlgorithmEx",
                        shape);
                for (int i = 0; i < count[0]; i++) {
                    result.add(measured(
                            found[i].algo,
                            found[i].status,
                            found[i].time,
                            found[i].memory,
                            found[i].determinism,
                            found[i].mathType));
                }
            }
        }
        return result;
    }

    /**
     * A result of cuDNN with two corrections that cuDNN 9.19 on an H200 needs: it returns the default math type, which
     * includes TF32, although the descriptor excludes it; and it may return less workspace than the algorithm requires
     * when it is called, because the call may select another engine than the measurement did.
     */
    private Measured measured(
            int algorithm, int status, float milliseconds, long workspaceBytes, int determinism, int mathType) {
        int math = shape.type() == DataType.FLOAT32 && !tensorFloat32 ? cudnnMathType.CUDNN_FMA_MATH : mathType;
        long bytes = workspaceBytes;
        if (status == 0) {
            cudnn.mathType(convolution, math, shape);
            bytes = Math.max(bytes, requiredWorkspace(algorithm));
        }
        return new Measured(algorithm, status, milliseconds, bytes, determinism == 1, math);
    }

    /** The workspace that cuDNN states for a call with this algorithm; 0 if it has no answer. */
    private long requiredWorkspace(int algorithm) {
        long[] bytes = new long[1];
        int status = switch (kind) {
            case FORWARD ->
                JCudnn.cudnnGetConvolutionForwardWorkspaceSize(
                        cudnn.handle(), x, filter, convolution, y, algorithm, bytes);
            case BACKWARD_DATA ->
                JCudnn.cudnnGetConvolutionBackwardDataWorkspaceSize(
                        cudnn.handle(), filter, y, convolution, x, algorithm, bytes);
            case BACKWARD_FILTER ->
                JCudnn.cudnnGetConvolutionBackwardFilterWorkspaceSize(
                        cudnn.handle(), x, y, convolution, filter, algorithm, bytes);
        };
        return status == 0 ? bytes[0] : 0;
    }

    /** Sets the math type of a choice for every later call. */
    void prepare(ConvolutionChoice choice) {
        cudnn.mathType(convolution, choice.math(), shape);
    }

    /** The plain call: for the kinds in their order y, dx or dFilter from (x, filter), (dy, filter) or (x, dy). */
    CudaCommand plain(ConvolutionChoice choice, Memory workspace, Memory first, Memory second, Memory result) {
        Pointer a = at(first);
        Pointer b = at(second);
        Pointer out = at(result);
        Pointer scratch = at(workspace);
        long bytes = choice.workspaceBytes();
        int algorithm = choice.algorithm();
        List<Memory> memories = List.of(first, second, result, workspace.slice(0, bytes));
        return switch (kind) {
            case FORWARD ->
                new LibraryCall(
                        "convolution_forward",
                        context,
                        memory,
                        memories,
                        () -> cudnn.check(
                                JCudnn.cudnnConvolutionForward(
                                        cudnn.handle(),
                                        cudnn.one(),
                                        x,
                                        a,
                                        filter,
                                        b,
                                        convolution,
                                        algorithm,
                                        scratch,
                                        bytes,
                                        cudnn.zero(),
                                        y,
                                        out),
                                "cudnnConvolutionForward",
                                shape));
            case BACKWARD_DATA ->
                new LibraryCall(
                        "convolution_backward_data",
                        context,
                        memory,
                        memories,
                        () -> cudnn.check(
                                JCudnn.cudnnConvolutionBackwardData(
                                        cudnn.handle(),
                                        cudnn.one(),
                                        filter,
                                        b,
                                        y,
                                        a,
                                        convolution,
                                        algorithm,
                                        scratch,
                                        bytes,
                                        cudnn.zero(),
                                        x,
                                        out),
                                "cudnnConvolutionBackwardData",
                                shape));
            case BACKWARD_FILTER ->
                new LibraryCall(
                        "convolution_backward_filter",
                        context,
                        memory,
                        memories,
                        () -> cudnn.check(
                                JCudnn.cudnnConvolutionBackwardFilter(
                                        cudnn.handle(),
                                        cudnn.one(),
                                        x,
                                        a,
                                        y,
                                        b,
                                        convolution,
                                        algorithm,
                                        scratch,
                                        bytes,
                                        cudnn.zero(),
                                        filter,
                                        out),
                                "cudnnConvolutionBackwardFilter",
                                shape));
        };
    }

    /** y = activation(conv(x) + bias + residual) in one call; biases are of the type of x; residual may be NONE. */
    CudaCommand fused(
            ConvolutionChoice choice,
            cudnnActivationDescriptor activation,
            Memory workspace,
            Memory input,
            Memory filters,
            Memory biases,
            Memory residual,
            Memory result) {
        boolean adds = residual.bytes() > 0;
        Pointer a = at(input);
        Pointer b = at(filters);
        Pointer c = at(biases);
        Pointer z = adds ? at(residual) : at(result);
        Pointer out = at(result);
        Pointer scratch = at(workspace);
        Pointer residualFactor = adds ? cudnn.one() : cudnn.zero();
        long bytes = choice.workspaceBytes();
        List<Memory> memories = List.of(input, filters, biases, residual, result, workspace.slice(0, bytes));
        return new LibraryCall(
                "convolution_fused",
                context,
                memory,
                memories,
                () -> cudnn.check(
                        JCudnn.cudnnConvolutionBiasActivationForward(
                                cudnn.handle(),
                                cudnn.one(),
                                x,
                                a,
                                filter,
                                b,
                                convolution,
                                choice.algorithm(),
                                scratch,
                                bytes,
                                residualFactor,
                                y,
                                z,
                                bias,
                                c,
                                activation,
                                y,
                                out),
                        "cudnnConvolutionBiasActivationForward",
                        shape));
    }
}
