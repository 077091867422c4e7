package tandem.engine.cuda;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import jcuda.jcudnn.cudnnActivationDescriptor;
import tandem.engine.Activation;
import tandem.engine.ConvolutionKind;
import tandem.engine.DataType;
import tandem.engine.Dnn;
import tandem.engine.Memory;
import tandem.engine.dnn.AlgorithmCache;
import tandem.engine.dnn.BatchNormKernels;
import tandem.engine.dnn.ChannelRows;
import tandem.engine.dnn.CommandPrimitive;
import tandem.engine.memory.Allocations;

/**
 * cuDNN, cuBLAS and the kernels of this project behind {@link Dnn}. A primitive is made once for each shape; what it
 * holds lives as long as the device.
 */
final class CudaDnn implements Dnn, AutoCloseable {

    private final CudaContext context;
    private final Allocations memory;
    private final CudaDevice.Options options;
    private final KernelLaunches launches;
    private final CudaPooling pooling;
    private final Cudnn cudnn;
    private final GraphApi graphs;
    private final Cublas cublas;
    private final AlgorithmCache cache;
    private final ConvolutionSearch search;
    private final Map<List<Object>, Primitive> made = new HashMap<>();
    private final Map<Boolean, cudnnActivationDescriptor> activations = new HashMap<>();
    private final Map<Integer, Memory> zeros = new HashMap<>();

    CudaDnn(
            CudaContext context,
            Allocations memory,
            KernelLaunches launches,
            CudaDevice.Options options,
            boolean withCublas,
            String graphProblem) {
        this.context = context;
        this.memory = memory;
        this.options = options;
        this.launches = launches;
        this.pooling = new CudaPooling(launches);
        this.cudnn = new Cudnn(context);
        try {
            this.graphs = new GraphApi(cudnn, options, graphProblem);
            this.cublas = withCublas ? new Cublas(context, memory, options.tensorFloat32()) : null;
        } catch (RuntimeException e) {
            cudnn.close();
            throw e;
        }
        this.cache = new AlgorithmCache(AlgorithmCache.standardFile());
        this.search = new ConvolutionSearch(context, memory, options, withCublas, graphs.available(), cache);
    }

    KernelLaunches launches() {
        return launches;
    }

    ConvolutionSearch search() {
        return search;
    }

    GraphApi graphApi() {
        return graphs;
    }

    /** The execution of a plan; see {@link GraphCall}. */
    GraphCall graphCall(String name, GraphPlan plan, long[] tensors, List<Memory> memories, Memory workspace) {
        return new GraphCall(name, cudnn, context, memory, plan, tensors, memories, workspace);
    }

    /** Null where cuBLAS is not there. */
    Cublas cublas() {
        return cublas;
    }

    CudnnConvolution convolution(ConvolutionShape shape, ConvolutionKind kind) {
        return new CudnnConvolution(cudnn, context, memory, shape, kind, options.tensorFloat32());
    }

    cudnnActivationDescriptor activation(boolean relu) {
        return activations.computeIfAbsent(relu, cudnn::activation);
    }

    /** {@code count} floats (or halves) that are 0, for cuDNN's fused call, which requires a bias. */
    Memory zeros(int count) {
        return zeros.computeIfAbsent(
                count, c -> memory.allocate(4L * c, "zero bias").memory());
    }

    private Primitive cached(Supplier<Primitive> maker, Object... key) {
        context.enter();
        List<Object> list = List.of(key);
        Primitive known = made.get(list);
        if (known == null) {
            known = maker.get();
            made.put(list, known);
        }
        return known;
    }

    /** Every way to do a convolution, measured; see {@link CudaDevice#compareConvolution}. */
    List<ConvolutionTiming> compare(
            ConvolutionShape shape, ConvolutionKind kind, boolean bias, boolean residual, Activation activation) {
        return new CudaConvolution(this, shape, kind, bias, residual, activation).compare();
    }

    @Override
    public Primitive convolutionForward(ConvolutionShape shape, boolean bias, boolean residual, Activation activation) {
        return cached(
                () -> new CudaConvolution(this, shape, ConvolutionKind.FORWARD, bias, residual, activation).primitive(),
                "forward",
                shape,
                bias,
                residual,
                activation);
    }

    @Override
    public Primitive convolutionBackwardData(ConvolutionShape shape) {
        return cached(
                () -> new CudaConvolution(this, shape, ConvolutionKind.BACKWARD_DATA, false, false, Activation.NONE)
                        .primitive(),
                "backward data",
                shape);
    }

    @Override
    public Primitive convolutionBackwardFilter(ConvolutionShape shape, boolean bias) {
        return cached(
                () -> new CudaConvolution(this, shape, ConvolutionKind.BACKWARD_FILTER, bias, false, Activation.NONE)
                        .primitive(),
                "backward filter",
                shape,
                bias);
    }

    private BatchNormKernels batchNorm(BatchNormShape shape) {
        return new BatchNormKernels(launches, shape, ChannelRows.of(shape));
    }

    @Override
    public Primitive batchNormForward(BatchNormShape shape) {
        return cached(() -> batchNorm(shape).forward(), "batch norm forward", shape);
    }

    @Override
    public Primitive batchNormBackward(BatchNormShape shape) {
        return cached(() -> batchNorm(shape).backward(), "batch norm backward", shape);
    }

    @Override
    public Primitive batchNormInference(BatchNormShape shape) {
        return cached(() -> batchNorm(shape).inference(), "batch norm inference", shape);
    }

    @Override
    public Primitive maxPoolForward(PoolShape shape) {
        return cached(() -> pooling.maxForward(shape), "max pool forward", shape);
    }

    @Override
    public Primitive maxPoolBackward(PoolShape shape) {
        return cached(() -> pooling.maxBackward(shape), "max pool backward", shape);
    }

    @Override
    public Primitive globalAveragePoolForward(int n, int h, int w, int c, DataType type) {
        return cached(() -> pooling.averageForward(n, h, w, c, type), "average forward", n, h, w, c, type);
    }

    @Override
    public Primitive globalAveragePoolBackward(int n, int h, int w, int c, DataType type) {
        return cached(() -> pooling.averageBackward(n, h, w, c, type), "average backward", n, h, w, c, type);
    }

    @Override
    public Primitive matrixProduct(ProductShape shape) {
        return cached(
                () -> cublas != null
                        ? new CommandPrimitive(
                                "matrix_product",
                                3,
                                0,
                                (workspace, a) ->
                                        cublas.product(DataType.FLOAT32, DataType.FLOAT32, shape, a[0], a[1], a[2]))
                        : ConvolutionProduct.primitive(this, shape),
                "product",
                shape);
    }

    @Override
    public void close() {
        cache.save();
        if (cublas != null) {
            cublas.close();
        }
        graphs.close();
        cudnn.close();
    }
}
