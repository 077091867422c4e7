package tandem.bench.inspection;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import tandem.bench.inspection.FrameRunner.Side;

/** A part of the benchmark, which is repeated or left out as a whole. */
enum Part {
    /** Batch 1, back to back; the two processes take turns of about a second. */
    SPEED {
        @Override
        List<Row> run(Peer.Launch launch, Length length) throws IOException {
            List<Row> rows = new ArrayList<>();
            for (Workload workload : List.of(Workload.STANDARD_320, Workload.STANDARD_224, Workload.DEMO_160)) {
                for (boolean measured : new boolean[] {true, false}) {
                    try (Peer tandem = launch.withMeasured(measured).start(Side.TANDEM, workload, 0);
                            Peer other = launch.start(Side.ONNX_RUNTIME, workload, 0)) {
                        Agreement.require(workload, tandem.ask("found"), other.ask("found"));
                        rows.add(Turns.measure(tandem, other, length.rounds(), length.turnMilliseconds())
                                .row(workload.title() + convolutions(measured), 0.8));
                    }
                }
            }
            return rows;
        }
    },

    /** The same in int8; before, how much the quantization of each side changes what the network finds. */
    INT8 {
        @Override
        List<Row> run(Peer.Launch launch, Length length) throws IOException {
            List<Row> rows = new ArrayList<>();
            for (Workload workload : List.of(Workload.STANDARD_320, Workload.STANDARD_224, Workload.DEMO_160)) {
                QuantizedNetworks networks = QuantizedNetworks.prepare(launch, workload);
                Peer.Launch quantized = launch.withPrecision(Precision.INT8);
                try (Peer tandem = quantized.start(Side.TANDEM, workload, 0);
                        Peer other = quantized.start(Side.ONNX_RUNTIME, workload, 0)) {
                    Agreement ours;
                    Agreement theirs;
                    try (Peer floats = launch.start(Side.TANDEM, workload, 0)) {
                        ours = Agreement.over(Images.COUNT, floats, tandem);
                        theirs = Agreement.over(Images.COUNT, floats, other);
                    }
                    String what = String.format(
                            Locale.ROOT,
                            "%s, int8 (%d and %d of %d convolutions; as in float32: %s, and %s%s)",
                            workload.title(),
                            networks.tandem(),
                            networks.other(),
                            networks.convolutions(),
                            ours.text(),
                            theirs.text(),
                            ours.difference(theirs));
                    rows.add(Turns.measure(tandem, other, length.int8Rounds(), length.turnMilliseconds())
                            .row(what, 0.9));
                }
            }
            return rows;
        }
    },

    /** Resident memory after some frames, and its peak. */
    MEMORY {
        @Override
        List<Row> run(Peer.Launch launch, Length length) throws IOException {
            List<Row> rows = new ArrayList<>();
            for (Workload workload : List.of(Workload.STANDARD_320, Workload.DEMO_160)) {
                rows.add(row(launch, workload, workload.title() + convolutions(false), false, length));
                rows.add(row(launch, workload, workload.title() + convolutions(true), true, length));
                rows.add(row(
                        launch.withSmallHeap(),
                        workload,
                        workload.title() + convolutions(false) + ", both with " + Peer.Launch.SMALL_HEAP,
                        false,
                        length));
            }
            return rows;
        }

        private Row row(Peer.Launch launch, Workload workload, String what, boolean measured, Length length)
                throws IOException {
            double[] tandem = memory(launch.withMeasured(measured), Side.TANDEM, workload, length);
            double[] other = memory(launch, Side.ONNX_RUNTIME, workload, length);
            boolean target = workload == Workload.STANDARD_320;
            return new Row(
                    "resident memory, " + what,
                    mib(tandem[0]) + " (peak " + mib(tandem[1]) + ")",
                    mib(other[0]) + " (peak " + mib(other[1]) + ")",
                    tandem[0] / other[0],
                    target ? "at most 0.8" : "",
                    target ? 0.8 : Double.NaN);
        }

        private double[] memory(Peer.Launch launch, Side side, Workload workload, Length length) throws IOException {
            try (Peer peer = launch.start(side, workload, 0)) {
                peer.numbers("frames " + length.framesForMemory());
                return peer.numbers("memory");
            }
        }
    },

    /** From the start of the process to its first result. */
    START {
        @Override
        List<Row> run(Peer.Launch launch, Length length) throws IOException {
            List<Row> rows = new ArrayList<>();
            rows.add(row("process start to first result, " + Workload.DEMO_160.title(), launch, length, Double.NaN));
            try (ClassArchives archives = ClassArchives.make(launch, Workload.DEMO_160)) {
                String what = "the same, both with a class data archive";
                rows.add(row(what, times(archives::launch, length), length, 0.9));
                rows.add(row(
                        what + " and " + FIRST_COMPILER,
                        times(side -> archives.launch(side).withFlag(FIRST_COMPILER), length),
                        length,
                        0.9));
            }
            return rows;
        }

        private Row row(String work, Peer.Launch launch, Length length, double max) throws IOException {
            return row(work, times(side -> launch.withMeasured(false), length), length, max);
        }

        private double[][] times(Function<Side, Peer.Launch> launches, Length length) throws IOException {
            double[][] times = new double[2][length.starts()];
            for (int i = 0; i < length.starts(); i++) {
                for (Side side : Side.values()) {
                    try (Peer peer = launches.apply(side).start(side, Workload.DEMO_160, 0)) {
                        times[side.ordinal()][i] = peer.startMilliseconds();
                    }
                }
            }
            return times;
        }

        private Row row(String work, double[][] times, Length length, double max) {
            Arrays.sort(times[0]);
            Arrays.sort(times[1]);
            double tandem = times[0][length.starts() / 2];
            double other = times[1][length.starts() / 2];
            return new Row(
                    work + ": median of " + length.starts(),
                    milliseconds(tandem),
                    milliseconds(other),
                    tandem / other,
                    Double.isNaN(max) ? "" : "at most 0.9",
                    max);
        }
    },

    /** Frames with pauses between them; blank frames run without the other side, which they would delay. */
    CADENCE {
        @Override
        List<Row> run(Peer.Launch launch, Length length) throws IOException {
            List<Row> rows = new ArrayList<>();
            for (int interval : new int[] {20, 200}) {
                int turns = length.rounds();
                int frames = (length.cadenceFrames(interval) + turns - 1) / turns;
                String what = turns * frames + " frames every " + interval + " ms, " + Workload.DEMO_160.title();
                try (Peer tandem = launch.start(Side.TANDEM, Workload.DEMO_160, 0);
                        Peer other = launch.start(Side.ONNX_RUNTIME, Workload.DEMO_160, 0)) {
                    List<Cadence> sides = Cadence.measure(
                            List.of(tandem, other, tandem),
                            List.of("cadence", "cadence", "arithmetic"),
                            turns,
                            frames,
                            interval);
                    rows.addAll(rows(what, sides.get(0), sides.get(1)));
                    rows.add(new Row(
                            "the same of arithmetic on one thread, which shows the machine alone: 99.9 % / median, "
                                    + sides.get(2).tailText(),
                            "",
                            "",
                            sides.get(2).tail(),
                            "",
                            Double.NaN));
                }
                try (Peer tandem = launch.start(Side.TANDEM, Workload.DEMO_160, KEEP_WARM)) {
                    Cadence side = Cadence.measure(List.of(tandem), List.of("cadence"), turns, frames, interval)
                            .get(0);
                    rows.addAll(rows(what + ", blank frames after " + KEEP_WARM + " ms", side, null));
                }
            }
            return rows;
        }

        /** @param other null for none */
        private List<Row> rows(String what, Cadence tandem, Cadence other) {
            return List.of(
                    new Row(
                            what + ": median / back to back",
                            tandem.slowerText(),
                            other == null ? "" : other.slowerText() + " = " + number(other.slower()),
                            tandem.slower(),
                            "at most 1.2",
                            1.2),
                    new Row(
                            what + ": 99.9 % / median",
                            tandem.tailText(),
                            other == null ? "" : other.tailText() + " = " + number(other.tail()),
                            tandem.tail(),
                            "at most 1.5",
                            1.5));
        }
    },

    /** Heap of a frame. */
    HEAP {
        @Override
        List<Row> run(Peer.Launch launch, Length length) throws IOException {
            double[] bytes = new double[2];
            for (Side side : Side.values()) {
                try (Peer peer = launch.start(side, Workload.DEMO_160, 0)) {
                    peer.numbers("frames " + length.framesForHeap());
                    bytes[side.ordinal()] = peer.numbers("heap " + length.framesForHeap())[0];
                }
            }
            return List.of(new Row(
                    "Java heap of a frame, all threads, mean of " + length.framesForHeap() + ": bytes",
                    number(bytes[0]),
                    number(bytes[1]),
                    bytes[0],
                    "0 bytes",
                    0.5));
        }
    },

    /** Opening and closing again and again. */
    CYCLES {
        @Override
        List<Row> run(Peer.Launch launch, Length length) throws IOException {
            return growth(launch, length.cycles(), "cycles ", " times opened and closed");
        }
    },

    /** Many frames. */
    FRAMES {
        @Override
        List<Row> run(Peer.Launch launch, Length length) throws IOException {
            return growth(launch, length.frames(), "frames ", " frames");
        }
    };

    private static final int KEEP_WARM = 40;
    /** Code is compiled once, fast. */
    private static final String FIRST_COMPILER = "-XX:TieredStopAtLevel=1";

    /**
     * Measures.
     *
     * @throws IOException when a process fails
     */
    abstract List<Row> run(Peer.Launch launch, Length length) throws IOException;

    /** The file of its rows. */
    String file() {
        return name().toLowerCase(Locale.ROOT) + ".json";
    }

    private static List<Row> growth(Peer.Launch launch, int count, String command, String what) throws IOException {
        try (Peer peer = launch.withMeasured(false).withResidentHeap().start(Side.TANDEM, Workload.SMALL_64, 0)) {
            int first = Math.max(1, count / 100);
            peer.ask(command + first);
            double before = peer.numbers("memory")[0];
            peer.ask(command + (count - first));
            double after = peer.numbers("memory")[0];
            return List.of(new Row(
                    count + what + ", " + Workload.SMALL_64.title()
                            + ", a resident heap of 64 MiB: resident memory at the end / after the first 1 %",
                    mib(before) + " -> " + mib(after),
                    "",
                    after / before,
                    "at most 1.01",
                    1.01));
        }
    }

    private static String convolutions(boolean measured) {
        return measured ? ", measured convolutions" : ", direct convolutions";
    }

    private static String milliseconds(double value) {
        return String.format(Locale.ROOT, "%.4g ms", value);
    }

    private static String mib(double value) {
        return String.format(Locale.ROOT, "%.0f MiB", value);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3g", value);
    }
}
