package tandem.engine.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import tandem.engine.Command;
import tandem.engine.ConvolutionChoices;
import tandem.engine.Dnn.Primitive;
import tandem.engine.Dnn.ProductShape;
import tandem.engine.Memory;
import tandem.engine.cpu.OneDnnProducts.Operand;
import tandem.engine.dnn.AlgorithmCache;
import tandem.engine.dnn.ChannelRows;
import tandem.engine.dnn.CommandPrimitive;
import tandem.engine.dnn.Launcher;
import tandem.engine.memory.CommandSequence;

/** Makes convolutions with the algorithm that the policy chooses. */
final class CpuConvolutions {

    private final CpuDnn dnn;
    private final CpuDevice device;
    private final Launcher launcher;
    private final Map<String, CpuConvolutionSearch.Choice> choices = new TreeMap<>();
    private final Map<String, Integer> operations = new TreeMap<>();
    private ConvolutionPolicy policy;
    /** Null unless algorithms are measured. */
    private CpuConvolutionSearch search;

    CpuConvolutions(CpuDnn dnn, CpuDevice device, ConvolutionPolicy policy) {
        this.dnn = dnn;
        this.device = device;
        this.launcher = device::launch;
        use(policy);
    }

    private void use(ConvolutionPolicy next) {
        policy = next;
        search = next instanceof ConvolutionPolicy.Forced
                ? null
                : new CpuConvolutionSearch(
                        device,
                        new AlgorithmCache(AlgorithmCache.standardFile()),
                        next instanceof ConvolutionPolicy.Measured measured ? measured.earlier() : Map.of(),
                        dnn.threads(),
                        device::hasItsCores);
    }

    /** Chooses like the device that had these choices; a forced algorithm stays where nothing was measured. */
    void repeat(ConvolutionChoices earlier) {
        saveChoices();
        if (earlier.measured()) {
            use(new ConvolutionPolicy.Measured(earlier.algorithms()));
        } else if (search != null) {
            use(ConvolutionPolicy.DIRECT);
        }
    }

    /** What was chosen by measurement so far. */
    ConvolutionChoices choices() {
        Map<String, String> names = new TreeMap<>();
        if (search != null) {
            choices.forEach((convolution, choice) ->
                    names.put(search.key(convolution), choice.algorithm().text()));
        }
        return new ConvolutionChoices(search != null, names);
    }

    /** The same with times, by the name of the convolution. */
    List<ConvolutionTime> times() {
        return list(choices);
    }

    /** What is stored of earlier runs on this machine. */
    List<ConvolutionTime> stored() {
        return search == null ? List.of() : list(search.stored());
    }

    private List<ConvolutionTime> list(Map<String, CpuConvolutionSearch.Choice> choices) {
        return choices.entrySet().stream()
                .map(entry -> new ConvolutionTime(
                        entry.getKey(),
                        entry.getValue().algorithm(),
                        entry.getValue().milliseconds(),
                        entry.getValue().directMilliseconds(),
                        entry.getValue().threads(),
                        operations.getOrDefault(entry.getKey(), 0)))
                .toList();
    }

    /** Stores the choices made since the last call. */
    void saveChoices() {
        if (search != null) {
            search.save();
        }
    }

    /** With the algorithm of the policy. */
    Primitive make(CpuConvolution convolution) {
        if (policy instanceof ConvolutionPolicy.Forced forced) {
            boolean fits = forced.algorithm().fits(convolution);
            return make(convolution, fits ? forced.algorithm() : ConvolutionAlgorithm.DIRECT);
        }
        CpuConvolutionSearch.Choice choice = policy instanceof ConvolutionPolicy.Stored
                ? search.find(convolution).orElse(CpuConvolutionSearch.Choice.UNKNOWN)
                : search.choose(convolution);
        choices.put(convolution.toString(), choice);
        operations.merge(convolution.toString(), 1, Integer::sum);
        return make(convolution, choice.algorithm());
    }

    Primitive make(CpuConvolution convolution, ConvolutionAlgorithm algorithm) {
        return switch (algorithm) {
            case DIRECT -> dnn.direct(convolution, false);
            case BLOCKED -> dnn.direct(convolution, true);
            case WINOGRAD2 -> winograd(convolution, 2);
            case WINOGRAD4 -> winograd(convolution, 4);
            case PRODUCT -> product(convolution);
        };
    }

    private Primitive winograd(CpuConvolution convolution, int size) {
        WinogradConvolution winograd = new WinogradConvolution(new Parts(), convolution.shape(), size);
        return switch (convolution.kind()) {
            case FORWARD -> winograd.forward(convolution.bias(), convolution.residual(), convolution.activation());
            case BACKWARD_DATA -> winograd.backwardData();
            case BACKWARD_FILTER -> withBiasGradient(convolution, winograd.backwardFilter());
        };
    }

    private final class Parts implements WinogradConvolution.Parts {
        @Override
        public int threads() {
            return device.runsLanes() ? dnn.threads() : 1;
        }

        @Override
        public Launcher launcher() {
            return launcher;
        }

        @Override
        public Primitive products(boolean alone, int count, Operand a, Operand b, Operand c, boolean accumulate) {
            int lanes = alone ? 1 : dnn.lanes(count, a, b.columns());
            return lanes == 1
                    ? dnn.products(count, a, b, c, accumulate)
                    : divided(
                            lanes,
                            count,
                            part -> dnn.products(part, a, b, c, accumulate),
                            a.bytes(),
                            b.bytes(),
                            c.bytes());
        }

        @Override
        public ArrangedMatrices arranged(int count, int rows, int k, int n) {
            return dnn.arranged(count, rows, k, n);
        }

        @Override
        public Primitive products(boolean alone, Operand a, ArrangedMatrices b, Operand c) {
            int lanes = alone ? 1 : dnn.lanes(b.count(), a, c.columns());
            return lanes == 1
                    ? b.products(b.count(), a, c)
                    : divided(
                            lanes, b.count(), part -> b.products(part, a, c), a.bytes(), b.bytesOfMatrix(), c.bytes());
        }

        @Override
        public Command lanes(String name, List<List<Command>> lanes, Memory... memories) {
            return device.lanes(name, lanes, List.of(memories));
        }
    }

    /**
     * Products of which each lane computes some.
     *
     * @param maker makes so many of them
     * @param bytes from a matrix to the next one, of each argument
     */
    private Primitive divided(int lanes, int count, IntFunction<OneDnnSequence> maker, long... bytes) {
        List<Integer> starts = IntStream.rangeClosed(0, lanes)
                .mapToObj(lane -> lane * count / lanes)
                .toList();
        ParallelSequences parallel = new ParallelSequences(
                device,
                "matrix_products",
                IntStream.range(0, lanes)
                        .mapToObj(lane -> maker.apply(starts.get(lane + 1) - starts.get(lane)))
                        .toList());
        return new CommandPrimitive(
                parallel.name(),
                3,
                parallel.workspaceBytes(),
                (workspace, memories) -> parallel.lanes(
                        workspace,
                        List.of(workspace, memories[0], memories[1], memories[2]),
                        (lane, slice) -> parallel.list()
                                .get(lane)
                                .bind(
                                        slice,
                                        from(memories[0], starts.get(lane) * bytes[0]),
                                        from(memories[1], starts.get(lane) * bytes[1]),
                                        from(memories[2], starts.get(lane) * bytes[2]))));
    }

    private static Memory from(Memory matrices, long skipped) {
        return matrices.slice(skipped, matrices.bytes() - skipped);
    }

    /** A 1x1 convolution as a product of matrices whose rows are pixels. */
    private Primitive product(CpuConvolution convolution) {
        int pixels = convolution.shape().n()
                * convolution.shape().h()
                * convolution.shape().w();
        int c = convolution.shape().c();
        int k = convolution.shape().k();
        return switch (convolution.kind()) {
            case FORWARD -> {
                Primitive product = dnn.matrixProduct(new ProductShape(pixels, k, c, false, true));
                ChannelRows rows = ChannelRows.of(pixels, 1, 1, k);
                boolean decorated = convolution.bias()
                        || convolution.residual()
                        || convolution.activation().present();
                yield new CommandPrimitive("convolution_forward", 5, product.workspaceBytes(), (workspace, a) -> {
                    Command plain = product.bind(workspace, a[0], a[1], a[4]);
                    return !decorated
                            ? plain
                            : new CommandSequence(
                                    "convolution_forward",
                                    List.of(
                                            plain,
                                            launcher.of(
                                                    rows.kernel("channel_epilogue"),
                                                    rows.threads(),
                                                    a[4],
                                                    a[2],
                                                    a[3],
                                                    rows.threads(),
                                                    rows.vectors(),
                                                    rows.divisor(),
                                                    convolution.activation().slope())));
                });
            }
            case BACKWARD_DATA -> dnn.matrixProduct(new ProductShape(pixels, c, k, false, false));
            case BACKWARD_FILTER -> {
                Primitive product = dnn.matrixProduct(new ProductShape(k, c, pixels, true, false));
                yield withBiasGradient(
                        convolution,
                        new CommandPrimitive(
                                "convolution_backward_filter",
                                4,
                                product.workspaceBytes(),
                                (workspace, a) -> product.bind(workspace, a[1], a[0], a[2])));
            }
        };
    }

    /** The gradient of the filter, followed by that of the bias if there is one. */
    private Primitive withBiasGradient(CpuConvolution convolution, Primitive filter) {
        if (!convolution.bias()) {
            return filter;
        }
        var shape = convolution.shape();
        ChannelRows rows = ChannelRows.of(shape.n(), shape.outputH(), shape.outputW(), shape.k());
        long partialBytes = 4L * rows.chunks() * rows.channels();
        return new CommandPrimitive(
                "convolution_backward_filter", 4, Math.max(filter.workspaceBytes(), partialBytes), (workspace, a) -> {
                    Memory partials = workspace.slice(0, partialBytes);
                    List<Command> commands = new ArrayList<>();
                    commands.add(filter.bind(workspace, a));
                    commands.add(launcher.of(
                            rows.kernel("channel_sums"),
                            rows.partialGrid(),
                            a[1],
                            partials,
                            rows.rows(),
                            rows.vectors(),
                            rows.laneShift(),
                            rows.rowsPerChunk()));
                    commands.add(launcher.of(
                            "channel_sums_finish", rows.finishGrid(), partials, a[3], shape.k(), rows.chunks()));
                    return new CommandSequence("convolution_backward_filter", commands);
                });
    }
}
