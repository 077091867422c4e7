package tandem.engine.cpu;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tandem.engine.Command;
import tandem.engine.Dnn.Primitive;
import tandem.engine.LibraryException;
import tandem.engine.Memory;
import tandem.engine.memory.CommandSequence;
import tandem.kernels.Catalogue;
import tandem.kernels.KernelEntry;

/**
 * The times of the algorithms of a convolution. They are measured on a device of their own, so the memory of the
 * program is as planned.
 */
final class ConvolutionTimer {

    /** Below this time of the direct convolution, other algorithms cannot save anything that matters. */
    private static final double MIN_MILLISECONDS = 0.05;

    /** How many times slower than the fastest a first run may be for an algorithm to be run again. */
    private static final double HOPELESS = 2.5;

    private static final int RUNS = 7;

    /** Its place among the arguments of the forward kind. */
    private static final int FILTER = 1;

    /** A run that takes longer is measured once, and no more runs begin after the budget of a convolution. */
    private static final double LONG_MILLISECONDS = 100;

    private static final long BUDGET_NANOSECONDS = 500_000_000L;

    /**
     * Written before each run of a convolution of inference, which follows on one with the same input and workspace and
     * other filters: in a network, others have read their filters in between, and left the rest in the caches.
     */
    private static final long CACHE_BYTES = 32L << 20;

    private static final ThreadMXBean PROCESSOR_TIME = ManagementFactory.getThreadMXBean();
    private static final Logger LOG = LoggerFactory.getLogger(ConvolutionTimer.class);

    private final CpuDevice device;
    private final Set<String> compiled = new HashSet<>();

    ConvolutionTimer(CpuDevice device) {
        this.device = device;
    }

    /**
     * Milliseconds of every algorithm that may win, the fastest of a few runs in turn: by the clock, or those of one
     * thread by its processor time.
     */
    Map<ConvolutionAlgorithm, Double> times(CpuConvolution convolution, int count) {
        Map<ConvolutionAlgorithm, Double> times = new EnumMap<>(ConvolutionAlgorithm.class);
        boolean alone = count == 1;
        long start = System.nanoTime();
        try (CpuDevice measuring = device.forMeasuring(count)) {
            measuring.expect(!convolution.prepared() || convolution.shape().n() > 1);
            Memory[] arguments = arguments(measuring, convolution);
            Memory other = measuring
                    .allocate(convolution.prepared() ? CACHE_BYTES : Float.BYTES, "choosing convolution algorithms")
                    .memory();
            Command before = fill(measuring, other);
            Map<ConvolutionAlgorithm, Candidate> candidates = new EnumMap<>(ConvolutionAlgorithm.class);
            for (ConvolutionAlgorithm algorithm : ConvolutionAlgorithm.values()) {
                if (!algorithm.fits(convolution)
                        || !algorithm.mayWin(convolution)
                        || times.getOrDefault(ConvolutionAlgorithm.DIRECT, 1e9) < MIN_MILLISECONDS) {
                    continue;
                }
                Candidate candidate;
                try {
                    candidate = candidate(measuring, convolution, algorithm, arguments);
                } catch (LibraryException e) {
                    LOG.debug("{} cannot compute {}: {}", algorithm, convolution, e.getMessage());
                    continue;
                }
                if (algorithm == ConvolutionAlgorithm.WINOGRAD2 || algorithm == ConvolutionAlgorithm.WINOGRAD4) {
                    compile(measuring, convolution.small(), algorithm);
                }
                double first = time(before, candidate, alone);
                candidates.put(algorithm, candidate);
                times.put(
                        algorithm,
                        first > LONG_MILLISECONDS
                                ? first
                                : Math.min(time(before, candidate, alone), time(before, candidate, alone)));
            }
            double min = times.values().stream()
                    .mapToDouble(Double::doubleValue)
                    .min()
                    .orElse(0);
            for (int run = 1; run < RUNS && System.nanoTime() - start < BUDGET_NANOSECONDS; run++) {
                candidates.forEach((algorithm, candidate) -> {
                    if (times.get(algorithm) < HOPELESS * min) {
                        times.merge(algorithm, time(before, candidate, alone), Math::min);
                    }
                });
            }
            candidates.values().forEach(Candidate::close);
            before.close();
        }
        return times;
    }

    /** Milliseconds; of a single thread without those in which other programs had its core. */
    private static double time(Command before, Candidate candidate, boolean alone) {
        before.run();
        candidate.other.run();
        long start = now(alone);
        candidate.command.run();
        return (now(alone) - start) / 1e6;
    }

    private static long now(boolean alone) {
        return alone && PROCESSOR_TIME.isCurrentThreadCpuTimeSupported()
                ? PROCESSOR_TIME.getCurrentThreadCpuTime()
                : System.nanoTime();
    }

    /**
     * A convolution in one of the ways to compute it.
     *
     * @param other the same with other filters
     */
    private record Candidate(Command command, Command other) {
        void close() {
            command.close();
            other.close();
        }
    }

    private static Candidate candidate(
            CpuDevice measuring, CpuConvolution convolution, ConvolutionAlgorithm algorithm, Memory[] arguments) {
        Primitive primitive = measuring.convolution(convolution, algorithm);
        Memory workspace = measuring
                .allocate(primitive.workspaceBytes(), "choosing convolution algorithms")
                .memory();
        if (!convolution.prepared()) {
            return new Candidate(primitive.bind(workspace, arguments), new CommandSequence("no other", List.of()));
        }
        return new Candidate(
                prepared(measuring, primitive, workspace, arguments),
                prepared(measuring, primitive, workspace, withOtherFilter(measuring, convolution, arguments)));
    }

    private static Memory[] withOtherFilter(CpuDevice measuring, CpuConvolution convolution, Memory[] arguments) {
        Memory[] others = arguments.clone();
        others[FILTER] = ones(measuring, convolution.arguments().get(FILTER));
        return others;
    }

    private static Command prepared(CpuDevice measuring, Primitive primitive, Memory workspace, Memory[] arguments) {
        if (primitive.preparedBytes() == 0) {
            return primitive.bind(workspace, arguments);
        }
        Memory prepared = measuring
                .allocate(primitive.preparedBytes(), "choosing convolution algorithms")
                .memory();
        try (Command preparation = primitive.bindPreparation(workspace, prepared, arguments)) {
            preparation.run();
        }
        return primitive.bindPrepared(workspace, prepared, arguments);
    }

    private static Memory[] arguments(CpuDevice measuring, CpuConvolution convolution) {
        return convolution.arguments().stream()
                .map(elements -> ones(measuring, elements))
                .toArray(Memory[]::new);
    }

    /** Memory full of ones; pages that were never written would all be the same page of zeros. */
    private static Memory ones(CpuDevice measuring, long elements) {
        if (elements == 0) {
            return Memory.NONE;
        }
        Memory memory = measuring
                .allocate(elements * Float.BYTES, "choosing convolution algorithms")
                .memory();
        try (Command ones = fill(measuring, memory)) {
            ones.run();
        }
        return memory;
    }

    private static Command fill(CpuDevice measuring, Memory memory) {
        KernelEntry fill = Catalogue.find("elementwise_fill");
        int elements = Math.toIntExact(memory.bytes() / Float.BYTES);
        return measuring.launch(fill, fill.elements((elements + 3) / 4), memory, 1f, elements);
    }

    /** Runs the kernels of an algorithm until HotSpot has compiled them. */
    private void compile(CpuDevice measuring, CpuConvolution small, ConvolutionAlgorithm algorithm) {
        Memory[] arguments = arguments(measuring, small);
        Candidate candidate = candidate(measuring, small, algorithm, arguments);
        compile(candidate.command);
        candidate.close();
    }

    private void compile(Command command) {
        if (command instanceof CommandSequence sequence) {
            sequence.commands().forEach(this::compile);
        } else if (command instanceof CpuLanes lanes) {
            lanes.commands().forEach(this::compile);
        } else if (command instanceof CpuLaunch launch && launch.isBytecode() && compiled.add(command.name())) {
            HotSpotWarmUp.run(command);
        }
    }
}
