package tandem.tools;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import tandem.engine.Device;
import tandem.engine.cpu.ConvolutionTime;
import tandem.engine.cpu.CpuDevice;

/** The algorithms of convolutions that were chosen by measurement, and the time that each saves. */
public final class ConvolutionTable {

    private ConvolutionTable() {}

    /** Prints what a device chose so far; nothing for a device that measures nothing or is a GPU. */
    public static void print(PrintWriter out, Device device) {
        if (device instanceof CpuDevice cpu && !cpu.convolutionTimes().isEmpty()) {
            out.println();
            print(out, cpu.convolutionTimes());
        }
    }

    /** Prints one line for each convolution, and the sums of the times that are known. */
    public static void print(PrintWriter out, List<ConvolutionTime> times) {
        out.printf(
                "%-10s %9s %9s %6s %7s %10s  %s%n",
                "algorithm", "ms", "direct ms", "ratio", "threads", "operations", "convolution");
        double chosen = 0;
        double direct = 0;
        for (ConvolutionTime time : times) {
            out.printf(
                    Locale.ROOT,
                    "%-10s %9.3f %9.3f %6.2f %7d %10d  %s%n",
                    time.algorithm().text(),
                    time.milliseconds(),
                    time.directMilliseconds(),
                    time.milliseconds() / time.directMilliseconds(),
                    time.threads(),
                    time.operations(),
                    time.convolution());
            if (!Double.isNaN(time.milliseconds())) {
                int operations = Math.max(1, time.operations());
                chosen += operations * time.milliseconds();
                direct += operations * time.directMilliseconds();
            }
        }
        if (direct > 0) {
            out.printf(Locale.ROOT, "%-10s %9.3f %9.3f %6.2f%n", "all", chosen, direct, chosen / direct);
        }
        out.flush();
    }
}
