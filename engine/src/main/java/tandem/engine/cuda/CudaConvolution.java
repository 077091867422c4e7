package tandem.engine.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jcuda.jcudnn.cudnnActivationDescriptor;
import jcuda.jcudnn.cudnnConvolutionFwdAlgo;
import tandem.engine.Activation;
import tandem.engine.Command;
import tandem.engine.ConvolutionKind;
import tandem.engine.DataType;
import tandem.engine.Dnn.ConvolutionShape;
import tandem.engine.Dnn.Primitive;
import tandem.engine.Dnn.ProductShape;
import tandem.engine.Memory;
import tandem.engine.dnn.ChannelRows;
import tandem.engine.dnn.CommandPrimitive;
import tandem.engine.memory.CommandSequence;
import tandem.engine.operation.Divisor;

/** One convolution with what is fused to it: the ways to do it, and the commands of the one that was chosen. */
final class CudaConvolution implements ConvolutionSearch.Trial {

    private static final Map<ConvolutionKind, long[]> PLAIN_TENSORS = Map.of(
            ConvolutionKind.FORWARD,
            new long[] {GraphConvolution.X, GraphConvolution.FILTER, GraphConvolution.Y},
            ConvolutionKind.BACKWARD_DATA,
            new long[] {GraphConvolution.Y, GraphConvolution.FILTER, GraphConvolution.X},
            ConvolutionKind.BACKWARD_FILTER,
            new long[] {GraphConvolution.X, GraphConvolution.Y, GraphConvolution.FILTER});
    private static final long[] FUSED_TENSORS = {
        GraphConvolution.X, GraphConvolution.FILTER, GraphConvolution.BIAS, GraphConvolution.Y
    };
    private static final long[] RESIDUAL_TENSORS = {
        GraphConvolution.X,
        GraphConvolution.FILTER,
        GraphConvolution.BIAS,
        GraphConvolution.RESIDUAL,
        GraphConvolution.Y
    };

    private final CudaDnn library;
    private final ConvolutionShape shape;
    private final ConvolutionKind kind;
    private final boolean bias;
    private final boolean residual;
    private final Activation activation;
    private final CudnnConvolution cudnn;
    private final ConvolutionGraphs graphs;
    private final ChannelRows rows;

    /** Bias, residual and activation belong to the forward kind; bias alone may go with the filter's gradient. */
    CudaConvolution(
            CudaDnn library,
            ConvolutionShape shape,
            ConvolutionKind kind,
            boolean bias,
            boolean residual,
            Activation activation) {
        this.library = library;
        this.shape = shape;
        this.kind = kind;
        this.bias = bias;
        this.residual = residual;
        this.activation = activation;
        this.cudnn = library.convolution(shape, kind);
        this.graphs = new ConvolutionGraphs(library.graphApi(), shape, kind, residual, activation);
        this.rows = ChannelRows.of(shape.n(), shape.outputH(), shape.outputW(), shape.k());
    }

    private boolean forward() {
        return kind == ConvolutionKind.FORWARD;
    }

    private boolean decorated() {
        return forward() && (bias || residual || activation.present());
    }

    /** cuDNN fuses ReLU or nothing, and the latter with one algorithm only. */
    private boolean fusible() {
        return decorated() && (activation.slope() == 0 || !activation.present());
    }

    private boolean isProduct() {
        return shape.r() == 1 && shape.s() == 1 && shape.stride() == 1 && shape.padding() == 0;
    }

    /** The primitive with its algorithm chosen. */
    Primitive primitive() {
        ConvolutionChoice choice = library.search().choose(toString(), this);
        graphs.keep(choice);
        cudnn.prepare(choice);
        return switch (kind) {
            case FORWARD -> forward(choice);
            case BACKWARD_DATA ->
                new CommandPrimitive(
                        "convolution_backward_data",
                        3,
                        choice.workspaceBytes(),
                        (scratch, a) -> plain(choice, scratch, a[0], a[1], a[2]));
            case BACKWARD_FILTER -> backwardFilter(choice);
        };
    }

    /** Every way to do it, measured. */
    List<ConvolutionTiming> compare() {
        try {
            return library.search().compare(this);
        } finally {
            graphs.clear();
        }
    }

    private Primitive forward(ConvolutionChoice choice) {
        if (choice.method().isFused() && bias && half()) {
            // cuDNN requires the bias in the type of the images; it is rounded once where variables do not change.
            return new CommandPrimitive(
                    "convolution_forward",
                    5,
                    choice.workspaceBytes(),
                    new CommandPrimitive.Preparation(
                            Memory.aligned(2L * shape.k()),
                            (scratch, rounded, a) -> cast("cast_to", a[2], rounded, shape.k()),
                            (scratch, rounded, a) -> forward(
                                    choice, scratch, a[0], a[1], rounded, residual ? a[3] : Memory.NONE, a[4])));
        }
        return new CommandPrimitive(
                "convolution_forward",
                5,
                choice.workspaceBytes(),
                (scratch, a) -> forward(
                        choice, scratch, a[0], a[1], bias ? a[2] : Memory.NONE, residual ? a[3] : Memory.NONE, a[4]));
    }

    private Primitive backwardFilter(ConvolutionChoice choice) {
        long rough = Memory.aligned(choice.workspaceBytes());
        return new CommandPrimitive(
                "convolution_backward_filter",
                4,
                Math.max(rough + roughBytes(), biasGradientBytes()),
                (scratch, a) ->
                        backwardFilter(choice, scratch, scratch.slice(rough, roughBytes()), a[0], a[1], a[2], a[3]));
    }

    private boolean half() {
        return shape.type().half();
    }

    /** The filter's gradient as cuDNN gives it, in the type of the images; none for floats. */
    private long roughBytes() {
        return kind == ConvolutionKind.BACKWARD_FILTER && half() ? cudnn.filterBytes() : 0;
    }

    private Command cast(String kernel, Memory from, Memory to, long elements) {
        return library.launches().of(shape.type().kernel(kernel), (elements + 3) / 4, from, to, (int) elements);
    }

    private String kernel(String name) {
        return shape.type().kernel(rows.kernel(name));
    }

    private long biasGradientBytes() {
        return kind == ConvolutionKind.BACKWARD_FILTER && bias ? 4L * rows.chunks() * rows.channels() : 0;
    }

    @Override
    public long[] sizes() {
        return new long[] {
            cudnn.xBytes(),
            cudnn.yBytes(),
            4L * shape.filterElements(),
            4L * shape.k(),
            residual ? cudnn.yBytes() : 0,
            roughBytes()
        };
    }

    @Override
    public List<CudnnConvolution.Measured> measure(List<Memory> memories, Memory workspace) {
        return cudnn.measure(memories.get(0), memories.get(1), memories.get(2), workspace);
    }

    @Override
    public List<ConvolutionChoice> candidates(List<CudnnConvolution.Measured> usable, long workspaceLimit) {
        List<ConvolutionChoice> candidates = new ArrayList<>(graphs.candidates(false, workspaceLimit));
        if (decorated()) {
            candidates.addAll(graphs.candidates(true, workspaceLimit));
        }
        for (CudnnConvolution.Measured one : usable) {
            add(candidates, choice(ConvolutionChoice.Method.CUDNN, one));
            if (fusible()
                    && (activation.present()
                            || one.algorithm()
                                    == cudnnConvolutionFwdAlgo.CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM)) {
                add(candidates, choice(ConvolutionChoice.Method.CUDNN_FUSED, one));
            }
        }
        if (isProduct() && library.cublas() != null) {
            candidates.add(new ConvolutionChoice(ConvolutionChoice.Method.CUBLAS, 0, 0, 0));
        }
        return candidates;
    }

    private static void add(List<ConvolutionChoice> candidates, ConvolutionChoice choice) {
        if (!candidates.contains(choice)) {
            candidates.add(choice);
        }
    }

    private static ConvolutionChoice choice(ConvolutionChoice.Method method, CudnnConvolution.Measured one) {
        return new ConvolutionChoice(method, one.algorithm(), one.math(), one.workspaceBytes());
    }

    @Override
    public List<String> problems() {
        return graphs.problems();
    }

    @Override
    public String notes(ConvolutionChoice choice) {
        return graphs.notes(choice);
    }

    @Override
    public Command command(ConvolutionChoice choice, List<Memory> m, Memory workspace) {
        cudnn.prepare(choice);
        return switch (kind) {
            case FORWARD ->
                forward(choice, workspace, m.get(0), m.get(2), bias ? m.get(3) : Memory.NONE, m.get(4), m.get(1));
            case BACKWARD_DATA -> plain(choice, workspace, m.get(1), m.get(2), m.get(0));
            case BACKWARD_FILTER -> filterGradient(choice, workspace, m.get(5), m.get(0), m.get(1), m.get(2));
        };
    }

    private Command plain(ConvolutionChoice choice, Memory workspace, Memory first, Memory second, Memory result) {
        if (choice.method() == ConvolutionChoice.Method.GRAPH) {
            return graph(choice, workspace, PLAIN_TENSORS.get(kind), List.of(first, second, result));
        }
        if (choice.method() != ConvolutionChoice.Method.CUBLAS) {
            return cudnn.plain(choice, workspace, first, second, result);
        }
        int pixels = rows.rows();
        int c = shape.c();
        int k = shape.k();
        return switch (kind) {
            case FORWARD -> product(shape.type(), new ProductShape(pixels, k, c, false, true), first, second, result);
            case BACKWARD_DATA ->
                product(shape.type(), new ProductShape(pixels, c, k, false, false), first, second, result);
            case BACKWARD_FILTER ->
                product(DataType.FLOAT32, new ProductShape(k, c, pixels, true, false), second, first, result);
        };
    }

    private Command graph(ConvolutionChoice choice, Memory workspace, long[] tensors, List<Memory> memories) {
        return library.graphCall(
                "convolution_" + kind.name().toLowerCase(Locale.ROOT),
                graphs.plan(choice),
                tensors,
                memories,
                workspace.slice(0, choice.workspaceBytes()));
    }

    private Command product(DataType result, ProductShape sizes, Memory a, Memory b, Memory c) {
        return library.cublas().product(shape.type(), result, sizes, a, b, c);
    }

    private Command forward(
            ConvolutionChoice choice,
            Memory workspace,
            Memory x,
            Memory filter,
            Memory biases,
            Memory added,
            Memory y) {
        if (choice.method() == ConvolutionChoice.Method.GRAPH_FUSED) {
            Memory addend = bias ? biases : library.zeros(shape.k());
            return residual
                    ? graph(choice, workspace, RESIDUAL_TENSORS, List.of(x, filter, addend, added, y))
                    : graph(choice, workspace, FUSED_TENSORS, List.of(x, filter, addend, y));
        }
        if (choice.method() == ConvolutionChoice.Method.CUDNN_FUSED) {
            cudnnActivationDescriptor descriptor = library.activation(activation.present());
            return cudnn.fused(
                    choice, descriptor, workspace, x, filter, bias ? biases : library.zeros(shape.k()), added, y);
        }
        Command convolution = plain(choice, workspace, x, filter, y);
        if (!decorated()) {
            return convolution;
        }
        Divisor divisor = rows.divisor();
        return new CommandSequence(
                "convolution_forward",
                List.of(
                        convolution,
                        library.launches()
                                .of(
                                        kernel("channel_epilogue"),
                                        rows.threads(),
                                        y,
                                        biases,
                                        added,
                                        rows.threads(),
                                        rows.vectors(),
                                        divisor,
                                        activation.slope())));
    }

    private Command filterGradient(
            ConvolutionChoice choice, Memory workspace, Memory rough, Memory x, Memory dy, Memory dFilter) {
        if (!half() || choice.method() == ConvolutionChoice.Method.CUBLAS) {
            return plain(choice, workspace, x, dy, dFilter);
        }
        return new CommandSequence(
                "convolution_backward_filter",
                List.of(
                        plain(choice, workspace, x, dy, rough),
                        cast("cast_from", rough, dFilter, shape.filterElements())));
    }

    private Command backwardFilter(
            ConvolutionChoice choice,
            Memory workspace,
            Memory rough,
            Memory x,
            Memory dy,
            Memory dFilter,
            Memory dBias) {
        Command filter = filterGradient(choice, workspace, rough, x, dy, dFilter);
        if (!bias) {
            return filter;
        }
        Memory partials = workspace.slice(0, biasGradientBytes());
        return new CommandSequence(
                "convolution_backward_filter",
                List.of(
                        filter,
                        library.launches()
                                .of(
                                        kernel("channel_sums"),
                                        rows.partialGrid(),
                                        dy,
                                        partials,
                                        rows.rows(),
                                        rows.vectors(),
                                        rows.laneShift(),
                                        rows.rowsPerChunk()),
                        library.launches()
                                .of(
                                        "channel_sums_finish",
                                        rows.finishGrid(),
                                        partials,
                                        dBias,
                                        shape.k(),
                                        rows.chunks())));
    }

    /** What it computes, for errors and as part of the key of its choice. */
    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT) + " " + shape
                + (decorated()
                        ? (bias ? " bias" : "")
                                + (residual ? " residual" : "")
                                + (activation.present() ? " slope " + activation.slope() : "")
                        : "");
    }
}
