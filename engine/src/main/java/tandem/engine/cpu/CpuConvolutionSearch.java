package tandem.engine.cpu;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tandem.engine.Command;
import tandem.engine.Dnn.ConvolutionShape;
import tandem.engine.Dnn.Primitive;
import tandem.engine.LibraryException;
import tandem.engine.Memory;
import tandem.engine.dnn.AlgorithmCache;
import tandem.engine.memory.CommandSequence;
import tandem.kernels.Catalogue;
import tandem.kernels.KernelEntry;
import tandem.kernels.translate.x86.VectorTranslator;

/**
 * Chooses how to do a convolution by running what there is, once for each processor with its instruction set, version
 * of oneDNN, number of threads, and shape; the choice is kept on disk. It measures on a device of its own, so the
 * memory of the program is as planned.
 */
final class CpuConvolutionSearch {

    /** Below this time of the direct convolution, other algorithms cannot save anything that matters. */
    private static final double MIN_MILLISECONDS = 0.05;

    /** How many times slower than the fastest a first run may be for an algorithm to be run again. */
    private static final double HOPELESS = 2.5;

    /** What another algorithm must save, as measurements scatter and the direct convolution rounds less. */
    private static final double MIN_GAIN = 0.03;

    /** The same in inference, where measurements of small convolutions scatter more. */
    private static final double MIN_GAIN_OF_INFERENCE = 0.1;

    /** What a mebibyte of arranged filters must save: those of Winograd's algorithm are four times as large. */
    private static final double MILLISECONDS_OF_MEBIBYTE = 0.1;

    private static final int RUNS = 7;

    /** A run that takes longer is measured once, and no more runs begin after the budget of a convolution. */
    private static final double LONG_MILLISECONDS = 100;

    private static final long BUDGET_NANOSECONDS = 300_000_000L;

    private static final long MIN_REPORT_NANOSECONDS = 1_000_000_000L;
    private static final long REPORT_NANOSECONDS = 2_000_000_000L;
    private static final long PROBE_NANOSECONDS = 500_000_000L;

    /** Cores are free if one of so many probes finds them free: at its start, the JVM itself takes one at times. */
    private static final int PROBES = 3;

    private static final long PROBE_PAUSE_NANOSECONDS = 20_000_000L;

    /**
     * Written before each run of a convolution of inference: in a network all others come in between, so that neither
     * its filters nor its workspace are in a cache.
     */
    private static final long CACHE_BYTES = 32L << 20;

    private static final ThreadMXBean PROCESSOR_TIME = ManagementFactory.getThreadMXBean();
    private static final Logger LOG = LoggerFactory.getLogger(CpuConvolutionSearch.class);

    private final CpuDevice device;
    private final AlgorithmCache cache;
    private final Map<String, String> earlier;
    private final String processor;
    private final String machine;
    private final int threads;
    private final BooleanSupplier hasItsCores;
    private final Set<String> compiled = new HashSet<>();
    private final Map<CpuConvolution, Choice> chosen = new HashMap<>();
    private int measured;
    private long measuring;
    private long reported;
    private long probed;
    private boolean free;
    private boolean damaged;

    /**
     * A choice with the times that led to it.
     *
     * @param milliseconds its time; NaN where only the choice was kept
     * @param directMilliseconds that of the direct convolution; NaN where only the choice was kept
     */
    record Choice(ConvolutionAlgorithm algorithm, double milliseconds, double directMilliseconds) {

        /** Nothing is known. */
        static final Choice UNKNOWN = new Choice(ConvolutionAlgorithm.DIRECT, Double.NaN, Double.NaN);

        /** One line of the cache file. */
        String text() {
            return String.format(Locale.ROOT, "%s\t%.4f\t%.4f", algorithm.text(), milliseconds, directMilliseconds);
        }

        /** Reads {@link #text}, or the name of an algorithm alone; empty when it is neither. */
        static Optional<Choice> parse(String text) {
            String[] parts = text.split("\t", -1);
            try {
                return switch (parts.length) {
                    case 1 -> ConvolutionAlgorithm.of(parts[0]).map(a -> new Choice(a, Double.NaN, Double.NaN));
                    case 3 -> {
                        double milliseconds = Double.parseDouble(parts[1]);
                        double direct = Double.parseDouble(parts[2]);
                        yield ConvolutionAlgorithm.of(parts[0]).map(a -> new Choice(a, milliseconds, direct));
                    }
                    default -> Optional.empty();
                };
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        }
    }

    /**
     * @param earlier choices that come before those of the cache
     * @param hasItsCores whether each thread of the device has a core to itself at this time
     */
    CpuConvolutionSearch(
            CpuDevice device,
            AlgorithmCache cache,
            Map<String, String> earlier,
            int threads,
            BooleanSupplier hasItsCores) {
        this.hasItsCores = hasItsCores;
        this.device = device;
        this.cache = cache;
        this.earlier = earlier;
        this.threads = threads;
        String kernels = VectorTranslator.obstacle() == null ? " machine code" : "";
        this.processor = (Processor.name() + " isa 0x" + Integer.toHexString(OneDnn.instructionSet()) + " oneDNN "
                        + OneDnn.version(threads) + " java " + Runtime.version().feature() + kernels)
                .replace('\t', ' ');
        this.machine = machine(threads);
    }

    private String machine(int count) {
        return processor + " threads " + count + " ";
    }

    /** What names this machine and a convolution. */
    String key(String convolution) {
        return machine + convolution;
    }

    /** What the cache holds for this machine, by the name of the convolution. */
    Map<String, Choice> stored() {
        Map<String, Choice> choices = new TreeMap<>();
        cache.all().forEach((key, text) -> {
            if (key.startsWith(machine)) {
                Choice.parse(text).ifPresent(choice -> choices.put(key.substring(machine.length()), choice));
            }
        });
        return choices;
    }

    /** Stores the choices made since the last call. */
    void save() {
        if (measuring > MIN_REPORT_NANOSECONDS) {
            LOG.info(
                    "measured the algorithms of {} convolutions in {} s; {} keeps the choices",
                    measured,
                    seconds(),
                    cache.file());
        }
        measured = 0;
        measuring = 0;
        reported = 0;
        cache.save();
    }

    private String seconds() {
        return String.format(Locale.ROOT, "%.1f", measuring / 1e9);
    }

    /** The same for equal convolutions, though other programs may take the cores or release them in between. */
    Choice choose(CpuConvolution convolution) {
        return chosen.computeIfAbsent(
                convolution, one -> find(one).or(() -> ofOneThread(one)).orElseGet(() -> measureAndStore(one)));
    }

    /** While other programs take the cores, what was measured with one thread before. */
    private Optional<Choice> ofOneThread(CpuConvolution convolution) {
        String text = cache.get(machine(1) + convolution);
        return text == null || !isAlone() ? Optional.empty() : kept(convolution, text);
    }

    private static Optional<Choice> kept(CpuConvolution convolution, String text) {
        return Choice.parse(text).filter(choice -> choice.algorithm().fits(convolution));
    }

    /** Whether one thread is measured: where other programs take the cores, and where there is no other. */
    private boolean isAlone() {
        return threads == 1 || !free();
    }

    /** The choice of an earlier run or of the cache. */
    Optional<Choice> find(CpuConvolution convolution) {
        String key = key(convolution.toString());
        for (String text : new String[] {earlier.get(key), cache.get(key)}) {
            if (text == null) {
                continue;
            }
            Optional<Choice> kept = kept(convolution, text);
            if (kept.isPresent()) {
                return kept;
            }
            if (!damaged) {
                damaged = true;
                LOG.warn(
                        "the choice '{}' for {} is damaged; it and others like it are measured again",
                        text,
                        convolution);
            }
        }
        return Optional.empty();
    }

    private Choice measureAndStore(CpuConvolution convolution) {
        long start = System.nanoTime();
        int count = isAlone() ? 1 : threads;
        Choice choice = choice(convolution, times(convolution, count));
        cache.put(machine(count) + convolution, choice.text());
        measured++;
        measuring += System.nanoTime() - start;
        if (measuring - reported > REPORT_NANOSECONDS) {
            reported = measuring;
            LOG.info(
                    "measuring the algorithms of convolutions, once on this machine: {} so far, {} s",
                    measured,
                    seconds());
        }
        return choice;
    }

    /** What to use after measurements, milliseconds by algorithm; the direct convolution is among them. */
    static Choice choice(CpuConvolution convolution, Map<ConvolutionAlgorithm, Double> times) {
        double direct = times.get(ConvolutionAlgorithm.DIRECT);
        ConvolutionAlgorithm best = ConvolutionAlgorithm.DIRECT;
        double gain = direct * (convolution.prepared() ? MIN_GAIN_OF_INFERENCE : MIN_GAIN);
        for (Map.Entry<ConvolutionAlgorithm, Double> entry : times.entrySet()) {
            double saved = direct - entry.getValue() - priceOfMemory(convolution, entry.getKey());
            if (saved > gain) {
                best = entry.getKey();
                gain = saved;
            }
        }
        return new Choice(best, times.get(best), direct);
    }

    /** Milliseconds that the memory of this algorithm is worth, beyond that of the direct convolution. */
    private static double priceOfMemory(CpuConvolution convolution, ConvolutionAlgorithm algorithm) {
        long matrices = algorithm.filterMatrices();
        ConvolutionShape shape = convolution.shape();
        if (!convolution.prepared() || matrices == 0 || WinogradFilters.InBlocks.fits(shape)) {
            return 0;
        }
        long elements = matrices * shape.c() * shape.k() - shape.filterElements();
        return MILLISECONDS_OF_MEBIBYTE * Float.BYTES * elements / (1 << 20);
    }

    /** Whether the device's threads have a core each. */
    private boolean free() {
        long now = System.nanoTime();
        if (probed == 0 || now - probed > PROBE_NANOSECONDS) {
            free = hasItsCores.getAsBoolean();
            for (int i = 1; i < PROBES && !free; i++) {
                LockSupport.parkNanos(PROBE_PAUSE_NANOSECONDS);
                free = hasItsCores.getAsBoolean();
            }
            probed = now;
        }
        return free;
    }

    /**
     * Milliseconds of every algorithm that may win, the fastest of a few runs in turn: by the clock, or those of one
     * thread by its processor time.
     */
    private Map<ConvolutionAlgorithm, Double> times(CpuConvolution convolution, int count) {
        Map<ConvolutionAlgorithm, Double> times = new EnumMap<>(ConvolutionAlgorithm.class);
        boolean alone = count == 1;
        long start = System.nanoTime();
        try (CpuDevice bench = device.forMeasuring(count)) {
            bench.expect(!convolution.prepared() || convolution.shape().n() > 1);
            Memory[] arguments = arguments(bench, convolution);
            Memory other = bench.allocate(
                            convolution.prepared() ? CACHE_BYTES : Float.BYTES, "choosing convolution algorithms")
                    .memory();
            Command before = fill(bench, other);
            Map<ConvolutionAlgorithm, Command> commands = new EnumMap<>(ConvolutionAlgorithm.class);
            for (ConvolutionAlgorithm algorithm : ConvolutionAlgorithm.values()) {
                if (!algorithm.fits(convolution)
                        || !algorithm.mayWin(convolution)
                        || times.getOrDefault(ConvolutionAlgorithm.DIRECT, 1e9) < MIN_MILLISECONDS) {
                    continue;
                }
                Command command;
                try {
                    command = command(bench, convolution, algorithm, arguments);
                } catch (LibraryException e) {
                    LOG.debug("{} cannot compute {}: {}", algorithm, convolution, e.getMessage());
                    continue;
                }
                if (algorithm == ConvolutionAlgorithm.WINOGRAD2 || algorithm == ConvolutionAlgorithm.WINOGRAD4) {
                    compile(bench, convolution.small(), algorithm);
                }
                double first = time(before, command, alone);
                commands.put(algorithm, command);
                times.put(
                        algorithm,
                        first > LONG_MILLISECONDS
                                ? first
                                : Math.min(time(before, command, alone), time(before, command, alone)));
            }
            double min = times.values().stream()
                    .mapToDouble(Double::doubleValue)
                    .min()
                    .orElse(0);
            for (int run = 1; run < RUNS && System.nanoTime() - start < BUDGET_NANOSECONDS; run++) {
                commands.forEach((algorithm, command) -> {
                    if (times.get(algorithm) < HOPELESS * min) {
                        times.merge(algorithm, time(before, command, alone), Math::min);
                    }
                });
            }
            commands.values().forEach(Command::close);
            before.close();
        }
        return times;
    }

    /** Milliseconds; of a single thread without those in which other programs had its core. */
    private static double time(Command before, Command command, boolean alone) {
        before.run();
        long start = now(alone);
        command.run();
        return (now(alone) - start) / 1e6;
    }

    private static long now(boolean alone) {
        return alone && PROCESSOR_TIME.isCurrentThreadCpuTimeSupported()
                ? PROCESSOR_TIME.getCurrentThreadCpuTime()
                : System.nanoTime();
    }

    private static Command command(
            CpuDevice bench, CpuConvolution convolution, ConvolutionAlgorithm algorithm, Memory[] arguments) {
        Primitive primitive = bench.convolution(convolution, algorithm);
        Memory workspace = bench.allocate(primitive.workspaceBytes(), "choosing convolution algorithms")
                .memory();
        if (!convolution.prepared() || primitive.preparedBytes() == 0) {
            return primitive.bind(workspace, arguments);
        }
        Memory prepared = bench.allocate(primitive.preparedBytes(), "choosing convolution algorithms")
                .memory();
        try (Command preparation = primitive.bindPreparation(workspace, prepared, arguments)) {
            preparation.run();
        }
        return primitive.bindPrepared(workspace, prepared, arguments);
    }

    /** Memory full of ones; pages that were never written would all be the same page of zeros. */
    private static Memory[] arguments(CpuDevice bench, CpuConvolution convolution) {
        List<Memory> memories = new ArrayList<>();
        for (long elements : convolution.arguments()) {
            Memory memory = elements == 0
                    ? Memory.NONE
                    : bench.allocate(elements * Float.BYTES, "choosing convolution algorithms")
                            .memory();
            if (elements > 0) {
                try (Command ones = fill(bench, memory)) {
                    ones.run();
                }
            }
            memories.add(memory);
        }
        return memories.toArray(Memory[]::new);
    }

    private static Command fill(CpuDevice bench, Memory memory) {
        KernelEntry fill = Catalogue.find("elementwise_fill");
        int elements = Math.toIntExact(memory.bytes() / Float.BYTES);
        return bench.launch(fill, fill.elements((elements + 3) / 4), memory, 1f, elements);
    }

    /** Runs the kernels of an algorithm until HotSpot has compiled them. */
    private void compile(CpuDevice bench, CpuConvolution small, ConvolutionAlgorithm algorithm) {
        Memory[] arguments = arguments(bench, small);
        try (Command command = command(bench, small, algorithm, arguments)) {
            compile(command);
        }
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
