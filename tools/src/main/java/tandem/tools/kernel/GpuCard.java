package tandem.tools.kernel;

import java.util.List;
import java.util.Locale;
import tandem.kernels.count.LineCount;
import tandem.tools.InputException;

/**
 * What a roofline needs of a card, from its data sheet.
 *
 * @param name of the card
 * @param gigabytes memory bandwidth in 10^9 bytes per second
 * @param teraflops 10^12 float32 operations per second without tensor cores, a fused one counted as two
 */
record GpuCard(String name, double gigabytes, double teraflops) {

    /**
     * Of NVIDIA's documents: "T4 Tensor Core GPU for AI Inference" (product brief: up to 320 GB/s) and "Turing GPU
     * Architecture"; "A100 Tensor Core GPU" (data sheet, 40 GB); "L4 Tensor Core GPU" (data sheet); "GeForce RTX 3060"
     * (12 GB, 3,584 cores at 1.777 GHz); "Ada GPU Architecture" (RTX 4090: 384 bits at 21 Gbit/s); "H100 Tensor Core
     * GPU" (data sheet, SXM: 3.35 TB/s; 16,896 cores at 1.98 GHz); "Jetson AGX Orin Series Technical Brief" (2,048
     * cores, 5.3 TFLOP/s; 256 bits of LPDDR5 at 6.4 Gbit/s are 204.8 GB/s). Compared in November 2026 with what other
     * pages cite of these documents.
     */
    private static final List<GpuCard> KNOWN = List.of(
            new GpuCard("t4", 320, 8.1),
            new GpuCard("a100", 1555, 19.5),
            new GpuCard("l4", 300, 30.3),
            new GpuCard("rtx-3060", 360, 12.7),
            new GpuCard("rtx-4090", 1008, 82.6),
            new GpuCard("h100", 3350, 66.9),
            new GpuCard("agx-orin", 204.8, 5.3));

    /** A known card, or {@code GIGABYTES,TERAFLOPS}. */
    static GpuCard of(String text) {
        for (GpuCard card : KNOWN) {
            if (card.name().equals(text.toLowerCase(Locale.ROOT))) {
                return card;
            }
        }
        if (text.matches("\\d{1,6}(\\.\\d{1,6})?,\\d{1,6}(\\.\\d{1,6})?")) {
            String[] numbers = text.split(",");
            GpuCard card =
                    new GpuCard("card of " + text, Double.parseDouble(numbers[0]), Double.parseDouble(numbers[1]));
            if (card.gigabytes() > 0 && card.teraflops() > 0) {
                return card;
            }
        }
        throw new InputException("--card " + text + ": expected GIGABYTES_PER_SECOND,TERAFLOPS or one of "
                + String.join(" ", KNOWN.stream().map(GpuCard::name).toList()));
    }

    /** The lower bound of the launch's time, and what bounds it. */
    String roofline(LineCount sum) {
        double memory = sum.movedBytes() / (gigabytes * 1e3);
        double arithmetic = sum.floatOperations() / (teraflops * 1e6);
        double intensity = sum.movedBytes() == 0 ? 0 : (double) sum.floatOperations() / sum.movedBytes();
        return String.format(
                Locale.ROOT,
                "roofline of %s (%s GB/s, %s TFLOP/s): %.3g operations per byte, %s below %.3g; at least %.3g us for memory"
                        + " without caches, %.3g us for float32 arithmetic",
                name,
                gigabytes,
                teraflops,
                intensity,
                memory >= arithmetic ? "bound by memory" : "bound by arithmetic, not",
                teraflops * 1e3 / gigabytes,
                memory,
                arithmetic);
    }
}
