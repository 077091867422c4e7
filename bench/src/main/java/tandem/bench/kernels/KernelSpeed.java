package tandem.bench.kernels;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import tandem.engine.Memory;
import tandem.engine.cpu.CpuDevice;
import tandem.kernels.Grid;
import tandem.kernels.ptx.PtxModule;
import tandem.kernels.ptx.PtxParameter;
import tandem.kernels.translate.HostKernel;
import tandem.kernels.translate.Mode;
import tandem.kernels.translate.Translator;

/**
 * Translated kernels compared with the same algorithms in C: {@code KernelSpeed PTX PROGRAM ROUNDS}. Both take turns,
 * one thread each; the figure is the minimum CPU time of the thread, the ratio that of the minima. The results of each
 * kernel are compared first.
 */
public final class KernelSpeed {

    private static final int COUNT = 1 << 22;
    private static final int REPETITIONS = 8;
    private static final double TOLERANCE = 2e-4;

    /** A kernel, its launch, its arguments after the pattern x, y, o (buffers) or a number, and its results. */
    private record Case(String name, Grid grid, List<Object> arguments, char result, int results, double wanted) {}

    private static final List<Case> CASES = List.of(
            new Case("saxpy", Grid.of(COUNT / 256, 256), List.of(COUNT, 1.0001f, 'x', 'y'), 'y', COUNT, 1.2),
            new Case("reduce", Grid.of(64, 256), List.of('x', 'o', COUNT), 'o', 64, 3),
            new Case("matmul", new Grid(24, 24, 1, 16, 16, 1), List.of('x', 'y', 'o', 384), 'o', 384 * 384, 1.5),
            new Case("softmax", Grid.of(1024, 128), List.of('x', 'o', 4096, 1024), 'o', COUNT, 2),
            new Case("layer_norm", Grid.of(32, 128), List.of('x', 'o', 4096, 1024), 'o', COUNT, 1.1));

    private final CpuDevice device;
    private final Memory x;
    private final Memory y;
    private final Memory out;

    private KernelSpeed(CpuDevice device) {
        this.device = device;
        this.x = device.allocate(4L * COUNT, "x").memory();
        this.y = device.allocate(4L * COUNT, "y").memory();
        this.out = device.allocate(4L * COUNT, "out").memory();
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        PtxModule module = PtxModule.parse("kernel_speed.ptx", Files.readString(Path.of(arguments[0])));
        int rounds = Integer.parseInt(arguments[2]);
        try (CpuDevice device = new CpuDevice(CpuDevice.Options.standard().withThreads(1))) {
            new KernelSpeed(device).compare(module, arguments[1], rounds);
        }
    }

    private void compare(PtxModule module, String program, int rounds) throws IOException, InterruptedException {
        Path results = Files.createTempFile("kernel-speed", ".bin");
        double[][] times = new double[2][CASES.size()];
        Arrays.fill(times[0], Double.MAX_VALUE);
        Arrays.fill(times[1], Double.MAX_VALUE);
        HostKernel[] kernels = CASES.stream()
                .map(one -> Translator.translate(module, one.name(), Mode.FAST))
                .toArray(HostKernel[]::new);
        try {
            run(program, 1, results.toString());
            requireSame(kernels, results);
        } finally {
            Files.delete(results);
        }
        for (int round = 0; round < rounds; round++) {
            double[] c = run(program, REPETITIONS, null);
            for (int i = 0; i < c.length; i++) {
                times[0][i] = Math.min(times[0][i], c[i]);
                times[1][i] = Math.min(times[1][i], time(CASES.get(i), kernels[i], REPETITIONS));
            }
        }
        System.out.println(
                "| kernel | translated to | ms | C, ms | ratio | wanted |\n| --- | --- | --: | --: | --: | --: |");
        for (int i = 0; i < kernels.length; i++) {
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %s | %.3f | %.3f | %.2f | %s |%n",
                    CASES.get(i).name(),
                    kernels[i].isMachineCode() ? "machine code" : "bytecode",
                    1e3 * times[1][i],
                    1e3 * times[0][i],
                    times[1][i] / times[0][i],
                    CASES.get(i).wanted());
        }
    }

    /** The times that the C program prints, in seconds. */
    private static double[] run(String program, int repetitions, String results)
            throws IOException, InterruptedException {
        ProcessBuilder builder = results == null
                ? new ProcessBuilder(program, Integer.toString(repetitions))
                : new ProcessBuilder(program, Integer.toString(repetitions), results);
        Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        double[] times;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream()))) {
            times = lines.lines()
                    .mapToDouble(line -> Double.parseDouble(line.split(" ")[1]))
                    .toArray();
        }
        if (process.waitFor() != 0 || times.length != CASES.size()) {
            throw new IllegalStateException(program + " fails");
        }
        return times;
    }

    private void requireSame(HostKernel[] kernels, Path results) throws IOException {
        FloatBuffer expected = ByteBuffer.wrap(Files.readAllBytes(results))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
        for (int i = 0; i < kernels.length; i++) {
            Case one = CASES.get(i);
            time(one, kernels[i], 1);
            ByteBuffer bytes = buffer(4 * one.results());
            device.download(one.result() == 'y' ? y : out, bytes);
            for (int k = 0; k < one.results(); k++) {
                float c = expected.get();
                float own = bytes.getFloat(4 * k);
                if (!(Math.abs(own - c) <= TOLERANCE * Math.max(1, Math.abs(c)))) {
                    throw new IllegalStateException(one.name() + ": element " + k + " is " + own + ", in C it is " + c);
                }
            }
        }
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void fill(Memory memory, int factor) {
        ByteBuffer values = buffer(4 * COUNT);
        for (int i = 0; i < COUNT; i++) {
            values.putFloat(4 * i, (int) ((long) i * factor % 1000) / 1000f - .5f);
        }
        device.upload(values, memory);
    }

    /** The minimum CPU time of the thread, in seconds. */
    private double time(Case one, HostKernel kernel, int repetitions) {
        fill(x, 7919);
        fill(y, 104729);
        ByteBuffer packed = buffer(Math.max(8, kernel.entry().parameterBytes()));
        for (int i = 0; i < one.arguments().size(); i++) {
            PtxParameter parameter = kernel.entry().parameters().get(i);
            Object argument = one.arguments().get(i);
            if (argument instanceof Integer number) {
                packed.putInt(parameter.offset(), number);
            } else if (argument instanceof Float number) {
                packed.putFloat(parameter.offset(), number);
            } else {
                Memory memory = argument.equals('x') ? x : argument.equals('y') ? y : out;
                packed.putLong(parameter.offset(), memory.address());
            }
        }
        Memory parameters = device.allocate(packed.capacity(), "parameters").memory();
        device.upload(packed, parameters);
        ThreadMXBean clock = ManagementFactory.getThreadMXBean();
        long best = Long.MAX_VALUE;
        for (int i = 0; i < repetitions; i++) {
            long start = clock.getCurrentThreadCpuTime();
            kernel.run(one.grid(), parameters.address(), 0, (int) one.grid().blocks());
            best = Math.min(best, clock.getCurrentThreadCpuTime() - start);
        }
        return best * 1e-9;
    }
}
