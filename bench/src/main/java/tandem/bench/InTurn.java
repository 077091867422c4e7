package tandem.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;
import tandem.model.data.BadFiles;
import tandem.model.data.DataReader;
import tandem.model.data.DataSet;
import tandem.model.data.DecodedImage;
import tandem.model.data.ImageDecoder;
import tandem.model.data.ImageLists;
import tandem.model.data.Sample;

/**
 * Compares two builds in two processes that take turns every second, so that a change of the machine's speed meets
 * both. JMH runs a build for half a minute at a time, and on a shared machine that scatters by 10 %. Called by
 * {@code bench/compare --in-turn}: {@code InTurn ROUNDS NAME BEFORE_CLASS_PATH AFTER_CLASS_PATH THIS_FILE}. The
 * children run this file from its source, so a build from before it existed can be compared. Names are
 * {@code inference}, {@code step}, and for a folder of data {@code read=FOLDER} (all its annotations),
 * {@code decode=FOLDER} (image and mask, one image a call) and {@code masks=FOLDER} (the mask alone); both builds must
 * read the same pixels and boxes.
 */
public final class InTurn {

    /** About a second of calls. */
    private static final int FRAMES = 12;

    private static final int STEPS = 2;
    /** Images whose pixels both builds must agree on. */
    private static final int COMPARED = 20;
    /** About a second of images. */
    private static final double SECOND_MILLISECONDS = 1_000;

    /** What is measured; throws what its benchmark throws. */
    private interface Work {
        void run() throws Exception;
    }

    /**
     * A build in a process of its own.
     *
     * @param result checksum of what it computes; 0 where only times are compared
     */
    private record Build(Process process, BufferedReader out, BufferedWriter in, long result) implements AutoCloseable {

        static Build start(String classPath, String source, String name) throws IOException {
            String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            Process process = new ProcessBuilder(List.of(java, "-cp", classPath, source, name))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            BufferedReader out = process.inputReader();
            String line = out.readLine();
            if (line == null || !line.matches("ready [0-9]+")) {
                throw new IOException("a build did not start; it printed " + line + ", expected ready and a number");
            }
            return new Build(process, out, process.outputWriter(), Long.parseLong(line.substring("ready ".length())));
        }

        /** Median of about a second of calls, in milliseconds. */
        double measure() throws IOException {
            in.write("\n");
            in.flush();
            return Double.parseDouble(out.readLine());
        }

        @Override
        public void close() {
            process.destroy();
        }
    }

    private InTurn() {}

    /** Compares, or measures one build where the only argument is the name of a benchmark. */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length == 1) {
            work(arguments[0]);
            return;
        }
        int rounds = Integer.parseInt(arguments[0]);
        try (Build before = Build.start(arguments[2], arguments[4], arguments[1]);
                Build after = Build.start(arguments[3], arguments[4], arguments[1])) {
            if (before.result != after.result) {
                throw new IOException(
                        arguments[1] + ": the builds compute different results, so their times are not compared");
            }
            double[] first = new double[rounds];
            double[] second = new double[rounds];
            double[] ratios = new double[rounds];
            for (int i = 0; i < rounds; i++) {
                boolean swapped = i % 2 == 1;
                second[i] = swapped ? after.measure() : 0;
                first[i] = before.measure();
                second[i] = swapped ? second[i] : after.measure();
                ratios[i] = second[i] / first[i];
            }
            for (double[] values : List.of(first, second, ratios)) {
                Arrays.sort(values);
            }
            System.out.printf(
                    Locale.ROOT,
                    "%s, %d rounds: %.4g ms before, %.4g ms after (medians); ratio %.3f, quartiles %.3f and %.3f%n",
                    arguments[1],
                    rounds,
                    first[rounds / 2],
                    second[rounds / 2],
                    ratios[rounds / 2],
                    ratios[rounds / 4],
                    ratios[3 * rounds / 4]);
        }
    }

    private static void work(String name) throws Exception {
        Work work;
        int calls;
        long result = 0;
        if (name.equals("inference")) {
            InferenceBenchmark benchmark = new InferenceBenchmark();
            benchmark.prepare();
            work = benchmark::frame;
            calls = FRAMES;
        } else if (name.equals("step")) {
            TrainingStepBenchmark benchmark = new TrainingStepBenchmark();
            benchmark.prepare();
            work = benchmark::step;
            calls = STEPS;
        } else {
            Path folder = Path.of(name.substring(name.indexOf('=') + 1));
            List<Sample> samples = data(folder).samples();
            result = checksum(samples);
            int[] next = new int[1];
            work = switch (name.substring(0, name.indexOf('='))) {
                case "read" -> () -> data(folder);
                case "masks" -> () -> ImageDecoder.mask(samples.get(next[0]++ % samples.size()));
                default -> () -> decode(samples.get(next[0]++ % samples.size()));
            };
            calls = (int) Math.max(1, Math.min(samples.size(), SECOND_MILLISECONDS / measure(work, 3)));
        }
        measure(work, calls);
        measure(work, calls);
        System.out.println("ready " + result);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        while (in.readLine() != null) {
            System.out.println(measure(work, calls));
        }
        System.exit(0);
    }

    private static DataSet data(Path folder) {
        return DataReader.open(folder).read("data", ImageLists.everything(), BadFiles.stop());
    }

    private static DecodedImage decode(Sample sample) {
        return ImageDecoder.decode(sample.image())
                .withMask(ImageDecoder.mask(sample).orElse(null));
    }

    private static long checksum(List<Sample> samples) {
        CRC32 crc = new CRC32();
        for (int i = 0; i < COMPARED; i++) {
            Sample sample = samples.get(i * samples.size() / COMPARED);
            DecodedImage image = decode(sample);
            crc.update(image.rgb());
            crc.update(image.mask() == null ? new byte[0] : image.mask());
            sample.boxes()
                    .ifPresent(boxes -> boxes.forEach(box -> crc.update(ByteBuffer.allocate(20)
                            .putInt(box.label())
                            .putFloat(box.xMin())
                            .putFloat(box.yMin())
                            .putFloat(box.xMax())
                            .putFloat(box.yMax())
                            .array())));
        }
        return crc.getValue();
    }

    /** Median of some calls, in milliseconds. */
    private static double measure(Work work, int calls) throws Exception {
        double[] milliseconds = new double[calls];
        for (int i = 0; i < calls; i++) {
            long start = System.nanoTime();
            work.run();
            milliseconds[i] = (System.nanoTime() - start) / 1e6;
        }
        Arrays.sort(milliseconds);
        return milliseconds[calls / 2];
    }
}
