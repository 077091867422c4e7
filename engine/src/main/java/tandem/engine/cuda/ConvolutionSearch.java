package tandem.engine.cuda;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import jcuda.jcudnn.JCudnn;
import tandem.engine.Command;
import tandem.engine.DeviceOutOfMemoryException;
import tandem.engine.LibraryException;
import tandem.engine.Memory;
import tandem.engine.dnn.AlgorithmCache;
import tandem.engine.memory.Allocation;
import tandem.engine.memory.Allocations;

/**
 * Chooses how to do a convolution by running what there is on scratch memory, once for each GPU, cuDNN version and
 * shape; the choice is kept on disk. A choice that was kept runs once too, so that its code is on the device before a
 * capture.
 */
final class ConvolutionSearch {

    /** How many times slower than the best so far an algorithm must have been in cuDNN's measurement to be left out. */
    private static final double HOPELESS = 2;

    private static final long MIN_WORKSPACE = 1 << 20;

    private final CudaContext context;
    private final Allocations memory;
    private final CudaDevice.Options options;
    private final AlgorithmCache cache;
    private final String machine;

    ConvolutionSearch(
            CudaContext context,
            Allocations memory,
            CudaDevice.Options options,
            boolean cublas,
            boolean graphs,
            AlgorithmCache cache) {
        this.context = context;
        this.memory = memory;
        this.options = options;
        this.cache = cache;
        this.machine = context.gpu().name() + " sm_" + context.gpu().architecture() + " cudnn "
                + JCudnn.cudnnGetVersion()
                + (cublas ? " cublas" : "") + (graphs ? " graph" : "") + (options.tensorFloat32() ? " tf32" : "")
                + (options.deterministic() ? " deterministic" : "")
                + " workspace " + options.workspaceLimit() + " ";
    }

    /**
     * Scratch memory for trying things out: pieces of the requested sizes, and as much workspace as is allowed and
     * there.
     */
    private final class Bench implements AutoCloseable {
        private final Allocation allocation;
        private final List<Memory> pieces = new ArrayList<>();
        private final Memory workspace;

        Bench(long... sizes) {
            long fixed = 0;
            for (long size : sizes) {
                fixed += Memory.aligned(size);
            }
            this.allocation = allocate(fixed);
            Memory all = allocation.memory();
            long offset = 0;
            for (long size : sizes) {
                pieces.add(all.slice(offset, size));
                offset += Memory.aligned(size);
            }
            this.workspace = all.slice(offset, all.bytes() - offset);
        }

        private Allocation allocate(long fixed) {
            long room = options.workspaceLimit();
            while (true) {
                try {
                    return memory.allocate(fixed + room, "choosing convolution algorithms");
                } catch (DeviceOutOfMemoryException e) {
                    if (room == 0) {
                        throw e;
                    }
                    room = room > MIN_WORKSPACE ? room / 4 : 0;
                }
            }
        }

        @Override
        public void close() {
            memory.free(allocation);
        }
    }

    /** What {@link #choose} tries things out on. */
    interface Trial {
        /** Bytes of each memory that the commands take. */
        long[] sizes();

        /** What cuDNN measures on these memories. */
        List<CudnnConvolution.Measured> measure(List<Memory> memories, Memory workspace);

        /** The choices to compare, among them cuDNN's usable algorithms, given with the fastest first. */
        List<ConvolutionChoice> candidates(List<CudnnConvolution.Measured> usable, long workspaceLimit);

        /** Why plans of the graph API are not among them. */
        List<String> problems();

        /** What is known about a choice in addition. */
        String notes(ConvolutionChoice choice);

        /** The work of a choice. */
        Command command(ConvolutionChoice choice, List<Memory> memories, Memory workspace);
    }

    ConvolutionChoice choose(String what, Trial trial) {
        String key = machine + what;
        try (Bench bench = new Bench(trial.sizes())) {
            Function<ConvolutionChoice, Command> commands =
                    choice -> trial.command(choice, bench.pieces, bench.workspace);
            List<String> refusals = new ArrayList<>();
            String stored = cache.get(key);
            ConvolutionChoice kept = stored == null ? null : ConvolutionChoice.parse(stored);
            if (kept != null
                    && kept.workspaceBytes() <= bench.workspace.bytes()
                    && time(commands, kept, Double.POSITIVE_INFINITY, refusals).isPresent()) {
                return kept;
            }
            List<CudnnConvolution.Measured> measured = trial.measure(bench.pieces, bench.workspace);
            ConvolutionChoice best = null;
            double min = Double.POSITIVE_INFINITY;
            for (ConvolutionChoice candidate : candidates(trial, measured, bench)) {
                if (expected(candidate, measured) > HOPELESS * min) {
                    continue;
                }
                Optional<Float> milliseconds = time(commands, candidate, HOPELESS * min, refusals);
                if (milliseconds.isPresent() && milliseconds.get() < min) {
                    best = candidate;
                    min = milliseconds.get();
                }
            }
            if (best == null) {
                throw new LibraryException(what + " on cuda:" + context.gpu().number() + " ("
                        + context.gpu().name() + "): no "
                        + (options.deterministic() ? "deterministic " : "") + "algorithm of cuDNN's works in "
                        + bench.workspace.bytes()
                        + " bytes of workspace; it offers " + describe(measured)
                        + (refusals.isEmpty() ? "" : "; it refused " + String.join("; ", refusals))
                        + (trial.problems().isEmpty() ? "" : "; graph API: " + String.join(", ", trial.problems()))
                        + "; allow more workspace or a smaller batch");
            }
            cache.put(key, best.text());
            return best;
        }
    }

    private List<ConvolutionChoice> candidates(Trial trial, List<CudnnConvolution.Measured> measured, Bench bench) {
        List<CudnnConvolution.Measured> usable = measured.stream()
                .filter(one -> one.status() == 0
                        && (one.deterministic() || !options.deterministic())
                        && one.workspaceBytes() <= bench.workspace.bytes())
                .sorted(Comparator.comparingDouble(CudnnConvolution.Measured::milliseconds))
                .toList();
        return trial.candidates(usable, bench.workspace.bytes());
    }

    /** Measures every candidate, whatever was stored, and stores nothing; those that do not work come last. */
    List<ConvolutionTiming> compare(Trial trial) {
        List<ConvolutionTiming> timings = new ArrayList<>();
        try (Bench bench = new Bench(trial.sizes())) {
            Function<ConvolutionChoice, Command> commands =
                    choice -> trial.command(choice, bench.pieces, bench.workspace);
            List<CudnnConvolution.Measured> measured = trial.measure(bench.pieces, bench.workspace);
            double min = Double.POSITIVE_INFINITY;
            for (ConvolutionChoice candidate : candidates(trial, measured, bench)) {
                List<String> refusals = new ArrayList<>();
                double expected = expected(candidate, measured);
                Optional<Float> milliseconds = Optional.empty();
                if (expected > HOPELESS * min) {
                    refusals.add(String.format(Locale.ROOT, "not run: cuDNN measured %.3f ms", expected));
                } else {
                    milliseconds = time(commands, candidate, HOPELESS * min, refusals);
                    min = Math.min(min, milliseconds.orElse(Float.POSITIVE_INFINITY));
                }
                timings.add(new ConvolutionTiming(
                        candidate.method() + " "
                                + (candidate.method().isGraph() ? candidate.engine() : candidate.algorithm()),
                        milliseconds.orElse(Float.NaN),
                        candidate.workspaceBytes(),
                        trial.notes(candidate),
                        String.join("; ", refusals)));
            }
            trial.problems()
                    .forEach(problem -> timings.add(new ConvolutionTiming("GRAPH", Double.NaN, 0, "", problem)));
            for (CudnnConvolution.Measured one : measured) {
                if (one.status() != 0) {
                    timings.add(new ConvolutionTiming(
                            ConvolutionChoice.Method.CUDNN + " " + one.algorithm(),
                            Double.NaN,
                            one.workspaceBytes(),
                            one.deterministic() ? "" : "not deterministic",
                            "status " + one.status()));
                }
            }
        }
        timings.sort(Comparator.comparingDouble(ConvolutionTiming::milliseconds));
        return timings;
    }

    /** Milliseconds that cuDNN measured for a choice; 0 for what is not one of its algorithms. */
    private static double expected(ConvolutionChoice choice, List<CudnnConvolution.Measured> measured) {
        return measured.stream()
                .filter(one -> one.status() == 0
                        && choice.method() != ConvolutionChoice.Method.CUBLAS
                        && !choice.method().isGraph()
                        && one.algorithm() == choice.algorithm()
                        && one.math() == choice.math())
                .mapToDouble(CudnnConvolution.Measured::milliseconds)
                .min()
                .orElse(0);
    }

    private static String describe(List<CudnnConvolution.Measured> measured) {
        return measured.stream()
                .map(one -> one.algorithm() + " (status " + one.status() + ", " + one.workspaceBytes() + " bytes"
                        + (one.deterministic() ? "" : ", not deterministic") + ")")
                .collect(Collectors.joining(", ", "[", "]"));
    }

    /**
     * Milliseconds of the fastest of a few runs, or of the first if it takes more than {@code enough}; empty when the
     * library refuses, with the reason in {@code refusals}.
     */
    private Optional<Float> time(
            Function<ConvolutionChoice, Command> commands,
            ConvolutionChoice choice,
            double enough,
            List<String> refusals) {
        try (CommandTimer timer = new CommandTimer(context, memory, options.graphs())) {
            Command command;
            try {
                command = commands.apply(choice);
            } catch (LibraryException e) {
                refusals.add(choice + ": " + e.getMessage());
                return Optional.empty();
            }
            try {
                return Optional.of(timer.time(command, enough));
            } catch (CommandTimer.Refused e) {
                refusals.add(choice + ": " + e.getMessage());
                return Optional.empty();
            }
        }
    }
}
