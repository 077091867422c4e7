package tandem.engine.cpu;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import tandem.engine.Activation;
import tandem.engine.BatchNormArguments;
import tandem.engine.ConvolutionKind;
import tandem.engine.DataType;
import tandem.engine.Dnn;
import tandem.engine.Quantization;
import tandem.engine.cpu.OneDnnProducts.Operand;
import tandem.engine.cpu.WidenedPrimitive.Argument;
import tandem.engine.dnn.BatchNormKernels;
import tandem.engine.dnn.ChannelLanes;
import tandem.engine.memory.Allocations;

/**
 * oneDNN, and batch normalization of this project, behind {@link Dnn}. A primitive of oneDNN is made once for each
 * shape and lives as long as the device; memory handles and argument lists belong to the commands.
 */
final class CpuDnn implements Dnn, AutoCloseable {

    /**
     * Below this time, one thread finishes before two have started together: oneDNN's threads sleep between calls
     * ({@link OpenMp}), and waking them takes 15 to 30 microseconds.
     */
    private static final long WORTH_SHARING_NANOSECONDS = 60_000;

    /** The same for threads that are awake, as those of the device are during a frame. */
    private static final long WORTH_DIVIDING_NANOSECONDS = 10_000;

    private static final double OPERATIONS_PER_NANOSECOND = 150;
    private static final int VECTOR = 16;
    private static final double BYTES_PER_NANOSECOND = 20;
    /** How many times faster convolutions on bytes are; 2 without VNNI instructions. */
    private static final double BYTE_SPEEDUP = 3.5;

    private final CpuDevice device;
    private final OneDnn library;
    private final Allocations allocations;
    private final int threads;
    private final CpuConvolutions convolutions;
    private final Map<List<Object>, OneDnnSequence> made = new HashMap<>();
    private final Map<List<Integer>, ArrangedMatrices> arranged = new HashMap<>();

    CpuDnn(CpuDevice device, Allocations allocations, int threads, ConvolutionPolicy policy) {
        this.device = device;
        this.allocations = allocations;
        this.threads = threads;
        this.library = new OneDnn(threads);
        this.convolutions = new CpuConvolutions(this, device, policy);
    }

    /** How many threads work on large calls. */
    int threads() {
        return threads;
    }

    private OneDnnSequence cached(double nanoseconds, Supplier<OneDnnSequence> maker, Object... key) {
        List<Object> list = List.of(key);
        OneDnnSequence known = made.get(list);
        if (known == null) {
            int workers = nanoseconds < WORTH_SHARING_NANOSECONDS ? 1 : threads;
            OpenMp.useThreads(workers);
            known = maker.get().withThreads(workers);
            made.put(list, known);
        }
        return known;
    }

    /** An estimate of the time of one thread. */
    private static double nanoseconds(ConvolutionShape shape) {
        double operations =
                2.0 * shape.n() * shape.outputH() * shape.outputW() * shape.k() * shape.r() * shape.s() * shape.c();
        return operations / OPERATIONS_PER_NANOSECOND;
    }

    private static double nanoseconds(int n, int h, int w, int c) {
        return (double) Float.BYTES * n * h * w * c / BYTES_PER_NANOSECOND;
    }

    private static double nanoseconds(PoolShape shape) {
        return nanoseconds(shape.n(), shape.h(), shape.w(), shape.c());
    }

    /** {@code wide}, which is for floats, on tensors of {@code type}. */
    private Primitive stored(DataType type, String name, int arguments, Primitive wide, Argument... halves) {
        return type == DataType.FLOAT32
                ? wide
                : new WidenedPrimitive(device, name, arguments, type, wide, List.of(halves));
    }

    /** Products that one thread computes, whichever that is. */
    OneDnnSequence products(int count, Operand a, Operand b, Operand c, boolean accumulate) {
        return cached(
                0,
                () -> OneDnnProducts.of(library, allocations, count, a, b, c, accumulate),
                "products",
                count,
                a,
                b,
                c,
                accumulate);
    }

    /** {@code count} matrices (k, n), to be multiplied from the left by matrices of up to {@code rows} rows. */
    ArrangedMatrices arranged(int count, int rows, int k, int n) {
        return arranged.computeIfAbsent(
                List.of(count, rows, k, n), key -> new ArrangedMatrices(library, allocations, count, rows, k, n));
    }

    /** How many threads products of {@code count} such matrices are worth dividing among. */
    int lanes(int count, Operand a, int columns) {
        double operations = 2.0 * count * a.rows() * a.columns() * columns;
        return operations / OPERATIONS_PER_NANOSECOND < WORTH_DIVIDING_NANOSECONDS || !device.runsLanes()
                ? 1
                : Math.min(count, threads);
    }

    /**
     * oneDNN 3.11 gathers the pixels of a strided 1x1 convolution for its filter's gradient, in (N, H, W, C) with all
     * channels of a vector where there is memory for the real ones only: it overwrites what follows its scratchpad.
     */
    private static boolean exceedsScratchpad(CpuConvolution wide) {
        ConvolutionShape shape = wide.shape();
        return wide.kind() == ConvolutionKind.BACKWARD_FILTER
                && shape.r() == 1
                && shape.s() == 1
                && shape.stride() > 1
                && shape.c() % 16 != 0;
    }

    /** oneDNN's direct convolution, on (N, H, W, C) where that is safe, or in the layouts of its choice. */
    Primitive direct(CpuConvolution wide, boolean inBlocks) {
        return parallel(wide, inBlocks).orElseGet(() -> together(wide, inBlocks));
    }

    /** In parts for the threads of the device, if it is a forward convolution of one image and large enough. */
    private Optional<Primitive> parallel(CpuConvolution wide, boolean inBlocks) {
        ConvolutionShape shape = wide.shape();
        // It computes whole vectors of channels.
        double vectors = (double) ((shape.k() + VECTOR - 1) / VECTOR * VECTOR) / shape.k();
        if (wide.kind() != ConvolutionKind.FORWARD || !isDivided(shape, vectors * nanoseconds(shape))) {
            return Optional.empty();
        }
        List<ConvolutionPart> parts = ConvolutionPart.of(shape, threads);
        if (parts.size() == 1) {
            return Optional.empty();
        }
        ParallelConvolution made = new ParallelConvolution(
                device,
                shape,
                parts,
                part -> cached(
                        0,
                        () -> new OneDnnConvolution(library, allocations, shape, part, inBlocks)
                                .forward(wide.bias(), wide.residual(), wide.activation()),
                        "part",
                        wide,
                        part,
                        inBlocks));
        return made.isUsable() ? Optional.of(made) : Optional.empty();
    }

    private boolean isDivided(ConvolutionShape shape, double nanoseconds) {
        return shape.n() == 1 && threads > 1 && device.runsLanes() && nanoseconds >= WORTH_DIVIDING_NANOSECONDS;
    }

    /** One call in which the threads of oneDNN work. */
    private OneDnnSequence together(CpuConvolution wide, boolean inBlocks) {
        boolean blocked = inBlocks || exceedsScratchpad(wide);
        return cached(
                nanoseconds(wide.shape()),
                () -> {
                    OneDnnConvolution convolution = new OneDnnConvolution(library, allocations, wide.shape(), blocked);
                    return switch (wide.kind()) {
                        case FORWARD -> convolution.forward(wide.bias(), wide.residual(), wide.activation());
                        case BACKWARD_DATA -> convolution.backwardData();
                        case BACKWARD_FILTER -> convolution.backwardFilter(wide.bias());
                    };
                },
                "direct",
                wide,
                blocked);
    }

    CpuConvolutions convolutions() {
        return convolutions;
    }

    @Override
    public Primitive convolutionForward(ConvolutionShape shape, boolean bias, boolean residual, Activation activation) {
        CpuConvolution wide =
                new CpuConvolution(ConvolutionKind.FORWARD, shape.as(DataType.FLOAT32), bias, residual, activation);
        return stored(
                shape.type(),
                "convolution_forward",
                5,
                convolutions.make(wide),
                Argument.read(0, shape.inputElements()),
                Argument.read(1, shape.filterElements()),
                Argument.read(3, shape.outputElements()),
                Argument.written(4, shape.outputElements()));
    }

    @Override
    public Primitive convolutionBackwardData(ConvolutionShape shape) {
        CpuConvolution wide = CpuConvolution.of(ConvolutionKind.BACKWARD_DATA, shape.as(DataType.FLOAT32), false);
        return stored(
                shape.type(),
                "convolution_backward_data",
                3,
                convolutions.make(wide),
                Argument.read(0, shape.outputElements()),
                Argument.read(1, shape.filterElements()),
                Argument.written(2, shape.inputElements()));
    }

    @Override
    public Primitive convolutionBackwardFilter(ConvolutionShape shape, boolean bias) {
        CpuConvolution wide = CpuConvolution.of(ConvolutionKind.BACKWARD_FILTER, shape.as(DataType.FLOAT32), bias);
        return stored(
                shape.type(),
                "convolution_backward_filter",
                4,
                convolutions.make(wide),
                Argument.read(0, shape.inputElements()),
                Argument.read(1, shape.outputElements()));
    }

    private BatchNormKernels batchNorm(BatchNormShape shape) {
        int rows = Math.multiplyExact(Math.multiplyExact(shape.n(), shape.h()), shape.w());
        return new BatchNormKernels(device::launch, shape.as(DataType.FLOAT32), new ChannelLanes(rows, shape.c()));
    }

    @Override
    public Primitive batchNormForward(BatchNormShape shape) {
        BatchNormArguments.Forward<Integer> at = BatchNormArguments.Forward.POSITIONS;
        long n = shape.elements();
        return stored(
                shape.type(),
                "batch_norm_forward",
                BatchNormArguments.Forward.COUNT,
                batchNorm(shape).forward(),
                Argument.read(at.x(), n),
                Argument.read(at.residual(), n),
                Argument.written(at.y(), n));
    }

    @Override
    public Primitive batchNormBackward(BatchNormShape shape) {
        BatchNormArguments.Backward<Integer> at = BatchNormArguments.Backward.POSITIONS;
        long n = shape.elements();
        return stored(
                shape.type(),
                "batch_norm_backward",
                BatchNormArguments.Backward.COUNT,
                batchNorm(shape).backward(),
                Argument.read(at.x(), n),
                Argument.read(at.y(), n),
                Argument.read(at.dy(), n),
                Argument.written(at.dx(), n),
                Argument.written(at.dResidual(), n));
    }

    @Override
    public Primitive batchNormInference(BatchNormShape shape) {
        BatchNormArguments.Inference<Integer> at = BatchNormArguments.Inference.POSITIONS;
        long n = shape.elements();
        return stored(
                shape.type(),
                "batch_norm_inference",
                BatchNormArguments.Inference.COUNT,
                batchNorm(shape).inference(),
                Argument.read(at.x(), n),
                Argument.read(at.residual(), n),
                Argument.written(at.y(), n));
    }

    private OneDnnPooling maximum(PoolShape shape) {
        return OneDnnPooling.max(library, allocations, shape);
    }

    private OneDnnPooling average(int n, int h, int w, int c) {
        return OneDnnPooling.globalAverage(library, allocations, n, h, w, c);
    }

    @Override
    public Primitive maxPoolForward(PoolShape shape) {
        PoolShape wide = shape.as(DataType.FLOAT32);
        return stored(
                shape.type(),
                "max_pool_forward",
                3,
                cached(nanoseconds(wide), () -> maximum(wide).forward(), "forward", wide),
                Argument.read(0, shape.inputElements()),
                Argument.written(1, shape.outputElements()));
    }

    @Override
    public Primitive maxPoolBackward(PoolShape shape) {
        PoolShape wide = shape.as(DataType.FLOAT32);
        return stored(
                shape.type(),
                "max_pool_backward",
                3,
                cached(nanoseconds(wide), () -> maximum(wide).backward(), "backward", wide),
                Argument.read(0, shape.outputElements()),
                Argument.written(2, shape.inputElements()));
    }

    @Override
    public Primitive globalAveragePoolForward(int n, int h, int w, int c, DataType type) {
        return stored(
                type,
                "global_average_pool_forward",
                2,
                cached(nanoseconds(n, h, w, c), () -> average(n, h, w, c).forward(), "average forward", n, h, w, c),
                Argument.read(0, (long) n * h * w * c),
                Argument.written(1, (long) n * c));
    }

    @Override
    public Primitive globalAveragePoolBackward(int n, int h, int w, int c, DataType type) {
        return stored(
                type,
                "global_average_pool_backward",
                2,
                cached(nanoseconds(n, h, w, c), () -> average(n, h, w, c).backward(), "average backward", n, h, w, c),
                Argument.read(0, (long) n * c),
                Argument.written(1, (long) n * h * w * c));
    }

    @Override
    public Primitive matrixProduct(ProductShape shape) {
        return cached(
                2.0 * shape.m() * shape.n() * shape.k() / OPERATIONS_PER_NANOSECOND,
                () -> product(shape),
                "product",
                shape);
    }

    @Override
    public int maxFilterByte() {
        return OneDnnQuantized.maxFilterByte();
    }

    @Override
    public Primitive quantize(long elements, Quantization to) {
        double nanoseconds = Float.BYTES * 2.0 * elements / BYTES_PER_NANOSECOND;
        return threads > 1 && device.runsLanes() && nanoseconds >= WORTH_DIVIDING_NANOSECONDS
                ? new ParallelConversion(device, elements, threads, count -> conversion(count, to))
                : conversion(elements, to);
    }

    /** By one thread. */
    private OneDnnSequence conversion(long elements, Quantization to) {
        return cached(0, () -> OneDnnQuantized.quantize(library, allocations, elements, to), "quantize", elements, to);
    }

    @Override
    public Primitive quantizedConvolution(QuantizedShape shape) {
        double nanoseconds = nanoseconds(shape.sizes()) / BYTE_SPEEDUP;
        if (isDivided(shape.sizes(), nanoseconds)) {
            QuantizedParts made = quantized(shape, nanoseconds, ConvolutionPart.byRows(shape.sizes(), threads));
            if (made.isUsable()) {
                return made;
            }
        }
        return quantized(shape, nanoseconds, List.of(ConvolutionPart.whole(shape.sizes())));
    }

    private QuantizedParts quantized(QuantizedShape shape, double nanoseconds, List<ConvolutionPart> parts) {
        OneDnnQuantized primitives = new OneDnnQuantized(library, allocations, shape);
        return new QuantizedParts(
                device,
                shape,
                primitives.correctionBytes(),
                parts,
                part -> cached(
                        parts.size() == 1 ? nanoseconds : 0,
                        () -> primitives.part(part),
                        "quantized",
                        shape,
                        part,
                        parts.size()),
                filter -> cached(
                        nanoseconds, () -> primitives.preparation(filter), "quantized filter", shape, parts.size()));
    }

    private OneDnnSequence product(ProductShape shape) {
        int m = shape.m();
        int n = shape.n();
        int k = shape.k();
        dnnl_memory_desc a = library.dense(shape.transposeA() ? dnnl.dnnl_ba : dnnl.dnnl_ab, m, k);
        dnnl_memory_desc b = library.dense(shape.transposeB() ? dnnl.dnnl_ba : dnnl.dnnl_ab, k, n);
        dnnl_memory_desc c = library.dense(dnnl.dnnl_ab, m, n);
        String sizes = "(" + m + ", " + k + ") x (" + k + ", " + n + ")";
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        OneDnn.check(
                dnnl.dnnl_matmul_primitive_desc_create(
                        description, library.engine(), a, b, null, c, library.attributes()),
                "dnnl_matmul_primitive_desc_create",
                sizes);
        return new OneDnnSequence("matrix_product", 3, sizes, library, allocations)
                .step(library.own(description))
                .use(dnnl.DNNL_ARG_SRC, a, 0)
                .use(dnnl.DNNL_ARG_WEIGHTS, b, 1)
                .use(dnnl.DNNL_ARG_DST, c, 2);
    }

    @Override
    public void close() {
        convolutions.saveChoices();
        library.close();
    }
}
