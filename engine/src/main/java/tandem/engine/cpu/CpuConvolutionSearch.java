package tandem.engine.cpu;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tandem.engine.Dnn.ConvolutionShape;
import tandem.engine.dnn.AlgorithmCache;
import tandem.kernels.translate.x86.VectorTranslator;

/**
 * Chooses how to do a convolution by running what there is, once for each processor with its instruction set, version
 * of oneDNN, number of threads, and shape; the choice is kept on disk.
 */
final class CpuConvolutionSearch {

    /** What another algorithm must save, as measurements scatter and the direct convolution rounds less. */
    private static final double MIN_GAIN = 0.03;

    /** The same in inference, where measurements of small convolutions scatter more. */
    private static final double MIN_GAIN_OF_INFERENCE = 0.1;

    /** What a mebibyte of arranged filters must save: those of Winograd's algorithm are four times as large. */
    private static final double MILLISECONDS_OF_MEBIBYTE = 0.1;

    private static final long MIN_REPORT_NANOSECONDS = 1_000_000_000L;
    private static final long REPORT_NANOSECONDS = 2_000_000_000L;
    private static final long PROBE_NANOSECONDS = 500_000_000L;

    /** Cores are free if one of so many probes finds them free: at its start, the JVM itself takes one at times. */
    private static final int PROBES = 3;

    private static final long PROBE_PAUSE_NANOSECONDS = 20_000_000L;

    private static final Logger LOG = LoggerFactory.getLogger(CpuConvolutionSearch.class);

    private final ConvolutionTimer timer;
    private final AlgorithmCache cache;
    private final Map<String, String> earlier;
    private final String processor;
    private final String machine;
    private final int threads;
    private final BooleanSupplier hasItsCores;
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
     * @param threads how many threads computed it; 0 if it was not measured
     */
    record Choice(ConvolutionAlgorithm algorithm, double milliseconds, double directMilliseconds, int threads) {

        /** Nothing is known. */
        static final Choice UNKNOWN = new Choice(ConvolutionAlgorithm.DIRECT, Double.NaN, Double.NaN, 0);

        /** One line of the cache file. */
        String text() {
            return String.format(Locale.ROOT, "%s\t%.4f\t%.4f", algorithm.text(), milliseconds, directMilliseconds);
        }

        /** Reads {@link #text}, or the name of an algorithm alone; empty when it is neither. */
        static Optional<Choice> parse(String text, int threads) {
            String[] parts = text.split("\t", -1);
            try {
                return switch (parts.length) {
                    case 1 ->
                        ConvolutionAlgorithm.of(parts[0]).map(a -> new Choice(a, Double.NaN, Double.NaN, threads));
                    case 3 -> {
                        double milliseconds = Double.parseDouble(parts[1]);
                        double direct = Double.parseDouble(parts[2]);
                        yield ConvolutionAlgorithm.of(parts[0]).map(a -> new Choice(a, milliseconds, direct, threads));
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
        this.timer = new ConvolutionTimer(device);
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

    /**
     * What the cache holds for this machine, by the name of the convolution: measured with the threads of the device,
     * or else with one, as while other programs take the cores.
     */
    Map<String, Choice> stored() {
        Map<String, Choice> choices = new TreeMap<>();
        for (int count : threads == 1 ? new int[] {1} : new int[] {1, threads}) {
            String start = machine(count);
            cache.all().forEach((key, text) -> {
                if (key.startsWith(start)) {
                    Choice.parse(text, count).ifPresent(choice -> choices.put(key.substring(start.length()), choice));
                }
            });
        }
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
        return text == null || !isAlone() ? Optional.empty() : kept(convolution, text, 1);
    }

    private static Optional<Choice> kept(CpuConvolution convolution, String text, int threads) {
        return Choice.parse(text, threads).filter(choice -> choice.algorithm().fits(convolution));
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
            Optional<Choice> kept = kept(convolution, text, threads);
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
        Choice choice = choice(convolution, timer.times(convolution, count), count);
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
    static Choice choice(CpuConvolution convolution, Map<ConvolutionAlgorithm, Double> times, int threads) {
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
        return new Choice(best, times.get(best), direct, threads);
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
}
