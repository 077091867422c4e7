package tandem.engine.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import jcuda.jcudnn.cudnnBackendAttributeName;
import jcuda.jcudnn.cudnnBackendAttributeType;
import jcuda.jcudnn.cudnnBackendDescriptorType;
import jcuda.jcudnn.cudnnConvolutionMode;
import jcuda.jcudnn.cudnnNanPropagation;
import jcuda.jcudnn.cudnnPointwiseMode;
import tandem.engine.Activation;
import tandem.engine.ConvolutionKind;
import tandem.engine.DataType;
import tandem.engine.Dnn.ConvolutionShape;
import tandem.engine.Resources;

/**
 * The operation graph of one convolution for cuDNN: the convolution alone, or forward with bias, residual and
 * activation after it, whose intermediate results stay in registers as floats. Images are NHWC, filters KRSC, the bias
 * is of the type of the images; every tensor starts at a multiple of 16 bytes.
 */
final class GraphConvolution implements AutoCloseable {

    /** Tensors by which a variant pack names its addresses. */
    static final long X = 1;

    static final long Y = 2;
    static final long FILTER = 3;
    static final long BIAS = 4;
    static final long RESIDUAL = 5;

    /** The heuristics of cuDNN that rank engines by expected speed. */
    static final int RANKED = 3;

    /** The engines of cuDNN that support most shapes, in no order of speed. */
    static final int FALLBACK = 2;

    private static final long FIRST_INTERMEDIATE = 10;
    private static final int ALIGNMENT = 16;
    private static final int MAX_PROPOSALS = 128;

    private final CudnnBackend backend;
    private final ConvolutionShape shape;
    private final Resources owned = new Resources();
    private final BackendDescriptor graph;
    private long intermediates = FIRST_INTERMEDIATE;

    /** The convolution alone. */
    static GraphConvolution plain(CudnnBackend backend, ConvolutionShape shape, ConvolutionKind kind) {
        return new GraphConvolution(backend, shape, kind, false, false, Activation.NONE);
    }

    /** y = activation(conv(x) + residual + bias), the residual if there is one. */
    static GraphConvolution fused(
            CudnnBackend backend, ConvolutionShape shape, boolean residual, Activation activation) {
        return new GraphConvolution(backend, shape, ConvolutionKind.FORWARD, true, residual, activation);
    }

    private GraphConvolution(
            CudnnBackend backend,
            ConvolutionShape shape,
            ConvolutionKind kind,
            boolean bias,
            boolean residual,
            Activation activation) {
        this.backend = backend;
        this.shape = shape;
        try {
            List<BackendDescriptor> operations = new ArrayList<>();
            BackendDescriptor x = tensor(X, shape.type(), shape.n(), shape.c(), shape.h(), shape.w());
            BackendDescriptor filter = tensor(FILTER, shape.type(), shape.k(), shape.c(), shape.r(), shape.s());
            BackendDescriptor y = output(Y, shape.type());
            int steps = (bias ? 1 : 0) + (residual ? 1 : 0) + (activation.present() ? 1 : 0);
            BackendDescriptor result = steps == 0 ? y : intermediate();
            operations.add(convolution(kind, x, filter, result));
            if (residual) {
                BackendDescriptor added = --steps == 0 ? y : intermediate();
                operations.add(add(result, output(RESIDUAL, shape.type()), added));
                result = added;
            }
            if (bias) {
                BackendDescriptor added = --steps == 0 ? y : intermediate();
                operations.add(add(result, tensor(BIAS, shape.type(), 1, shape.k(), 1, 1), added));
                result = added;
            }
            if (activation.present()) {
                operations.add(activate(activation, result, y));
            }
            graph = make(cudnnBackendDescriptorType.CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR, "operation graph");
            backend.forGraph(graph)
                    .set(
                            cudnnBackendAttributeName.CUDNN_ATTR_OPERATIONGRAPH_OPS,
                            operations.toArray(BackendDescriptor[]::new))
                    .ready();
        } catch (RuntimeException | Error e) {
            owned.closeAfter(e);
            throw e;
        }
    }

    private BackendDescriptor make(int type, String name) {
        return owned.add(backend.make(type, name));
    }

    private BackendDescriptor output(long number, DataType type) {
        return tensor(number, type, shape.n(), shape.k(), shape.outputH(), shape.outputW());
    }

    private BackendDescriptor intermediate() {
        return describe(intermediates++, DataType.FLOAT32, shape.n(), shape.k(), shape.outputH(), shape.outputW())
                .setFlag(cudnnBackendAttributeName.CUDNN_ATTR_TENSOR_IS_VIRTUAL, true)
                .ready();
    }

    private BackendDescriptor tensor(long number, DataType type, long n, long c, long h, long w) {
        return describe(number, type, n, c, h, w).ready();
    }

    /** Sizes are in the order N, C, H, W whatever the order in memory is, which the strides state. */
    private BackendDescriptor describe(long number, DataType type, long n, long c, long h, long w) {
        return make(cudnnBackendDescriptorType.CUDNN_BACKEND_TENSOR_DESCRIPTOR, "tensor " + number)
                .setEnum(
                        cudnnBackendAttributeName.CUDNN_ATTR_TENSOR_DATA_TYPE,
                        cudnnBackendAttributeType.CUDNN_TYPE_DATA_TYPE,
                        Cudnn.number(type))
                .set(cudnnBackendAttributeName.CUDNN_ATTR_TENSOR_DIMENSIONS, n, c, h, w)
                .set(cudnnBackendAttributeName.CUDNN_ATTR_TENSOR_STRIDES, h * w * c, 1, w * c, c)
                .set(cudnnBackendAttributeName.CUDNN_ATTR_TENSOR_UNIQUE_ID, number)
                .set(cudnnBackendAttributeName.CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, ALIGNMENT);
    }

    private BackendDescriptor convolution(
            ConvolutionKind kind, BackendDescriptor x, BackendDescriptor filter, BackendDescriptor y) {
        BackendDescriptor convolution = make(
                        cudnnBackendDescriptorType.CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR, "convolution")
                .setComputesInFloat(cudnnBackendAttributeName.CUDNN_ATTR_CONVOLUTION_COMP_TYPE)
                .setEnum(
                        cudnnBackendAttributeName.CUDNN_ATTR_CONVOLUTION_CONV_MODE,
                        cudnnBackendAttributeType.CUDNN_TYPE_CONVOLUTION_MODE,
                        cudnnConvolutionMode.CUDNN_CROSS_CORRELATION)
                .set(cudnnBackendAttributeName.CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, 2)
                .set(cudnnBackendAttributeName.CUDNN_ATTR_CONVOLUTION_DILATIONS, 1, 1)
                .set(cudnnBackendAttributeName.CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, shape.stride(), shape.stride())
                .set(cudnnBackendAttributeName.CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, shape.padding(), shape.padding())
                .set(cudnnBackendAttributeName.CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, shape.padding(), shape.padding())
                .ready();
        return switch (kind) {
            case FORWARD ->
                make(
                                cudnnBackendDescriptorType.CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR,
                                "convolution forward of " + shape)
                        .set(cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC, convolution)
                        .set(cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X, x)
                        .set(cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W, filter)
                        .set(cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y, y)
                        .setFloat(cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA, 1)
                        .setFloat(cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA, 0)
                        .ready();
            case BACKWARD_DATA ->
                make(
                                cudnnBackendDescriptorType.CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR,
                                "convolution backward data of " + shape)
                        .set(cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC, convolution)
                        .set(cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX, x)
                        .set(cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W, filter)
                        .set(cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY, y)
                        .setFloat(cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA, 1)
                        .setFloat(cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA, 0)
                        .ready();
            case BACKWARD_FILTER ->
                make(
                                cudnnBackendDescriptorType
                                        .CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR,
                                "convolution backward filter of " + shape)
                        .set(
                                cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC,
                                convolution)
                        .set(cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X, x)
                        .set(cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW, filter)
                        .set(cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY, y)
                        .setFloat(cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_ALPHA, 1)
                        .setFloat(cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_BETA, 0)
                        .ready();
        };
    }

    private BackendDescriptor add(BackendDescriptor x, BackendDescriptor b, BackendDescriptor y) {
        return pointwise(
                        elementwise(cudnnPointwiseMode.CUDNN_POINTWISE_ADD, "addition")
                                .ready(),
                        x,
                        y)
                .set(cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_POINTWISE_BDESC, b)
                .ready();
    }

    private BackendDescriptor activate(Activation activation, BackendDescriptor x, BackendDescriptor y) {
        BackendDescriptor relu = elementwise(cudnnPointwiseMode.CUDNN_POINTWISE_RELU_FWD, "activation")
                .setEnum(
                        cudnnBackendAttributeName.CUDNN_ATTR_POINTWISE_NAN_PROPAGATION,
                        cudnnBackendAttributeType.CUDNN_TYPE_NAN_PROPOGATION,
                        cudnnNanPropagation.CUDNN_PROPAGATE_NAN);
        if (activation.slope() != 0) {
            relu.setDouble(cudnnBackendAttributeName.CUDNN_ATTR_POINTWISE_RELU_LOWER_CLIP_SLOPE, activation.slope());
        }
        return pointwise(relu.ready(), x, y).ready();
    }

    private BackendDescriptor elementwise(int mode, String name) {
        return make(cudnnBackendDescriptorType.CUDNN_BACKEND_POINTWISE_DESCRIPTOR, name)
                .setEnum(
                        cudnnBackendAttributeName.CUDNN_ATTR_POINTWISE_MODE,
                        cudnnBackendAttributeType.CUDNN_TYPE_POINTWISE_MODE,
                        mode)
                .setComputesInFloat(cudnnBackendAttributeName.CUDNN_ATTR_POINTWISE_MATH_PREC);
    }

    private BackendDescriptor pointwise(BackendDescriptor what, BackendDescriptor x, BackendDescriptor y) {
        return make(cudnnBackendDescriptorType.CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR, "element-wise operation")
                .set(cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR, what)
                .set(cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_POINTWISE_XDESC, x)
                .set(cudnnBackendAttributeName.CUDNN_ATTR_OPERATION_POINTWISE_YDESC, y);
    }

    /**
     * The configurations that cuDNN proposes and that may be used, the fastest by its judgement first.
     *
     * @param mode {@link #RANKED} or {@link #FALLBACK}
     * @param max maximum number of configurations
     */
    List<EngineConfiguration> configurations(int mode, int max, Predicate<EngineConfiguration> allowed) {
        List<EngineConfiguration> found = new ArrayList<>();
        BackendDescriptor heuristics =
                backend.make(cudnnBackendDescriptorType.CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR, "heuristics");
        BackendDescriptor[] proposed = new BackendDescriptor[0];
        int taken = 0;
        try {
            backend.forHeuristics(heuristics)
                    .set(cudnnBackendAttributeName.CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph)
                    .setEnum(
                            cudnnBackendAttributeName.CUDNN_ATTR_ENGINEHEUR_MODE,
                            cudnnBackendAttributeType.CUDNN_TYPE_HEUR_MODE,
                            mode)
                    .ready();
            proposed = backend.make(
                    MAX_PROPOSALS,
                    cudnnBackendDescriptorType.CUDNN_BACKEND_ENGINECFG_DESCRIPTOR,
                    "configuration of an engine");
            int count = heuristics.fill(cudnnBackendAttributeName.CUDNN_ATTR_ENGINEHEUR_RESULTS, proposed);
            while (taken < Math.min(count, proposed.length) && found.size() < max) {
                EngineConfiguration configuration = EngineConfiguration.of(backend, proposed[taken++]);
                if (allowed.test(configuration)) {
                    found.add(configuration);
                } else {
                    configuration.close();
                }
            }
            return found;
        } catch (RuntimeException | Error e) {
            found.forEach(EngineConfiguration::close);
            throw e;
        } finally {
            for (int i = taken; i < proposed.length; i++) {
                proposed[i].close();
            }
            heuristics.close();
        }
    }

    /** The configuration with that text. */
    EngineConfiguration configuration(String text) {
        return EngineConfiguration.of(backend, graph, text);
    }

    /** Makes a plan, which compiles its kernel if the engine works that way. The plan owns the configuration. */
    GraphPlan plan(EngineConfiguration configuration) {
        return new GraphPlan(backend, configuration);
    }

    @Override
    public void close() {
        owned.close();
    }
}
