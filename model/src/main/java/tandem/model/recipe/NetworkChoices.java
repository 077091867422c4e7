package tandem.model.recipe;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tandem.model.data.SampleBits;
import tandem.model.image.PixelSize;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.Sampling;
import tandem.model.settings.TrainingSettings;

/** Input size and anchors. */
final class NetworkChoices {

    /** Without smaller boxes: images are not enlarged, and larger ones are reduced to this size. */
    static final int USUAL_SIZE = 224;

    private static final int MIN_SIZE = NetworkSettings.MIN_INPUT;
    /** Time and memory grow with the square of the input size. */
    private static final int MAX_SIZE = 512;

    private static final int MULTIPLE = NetworkSettings.INPUT_MULTIPLE;
    /** Images whose aspect ratio is farther from 1 get an input of their shape. */
    private static final double MIN_ASPECT = 1.15;
    /** Two cells of the finest level: boxes that it can locate well. */
    private static final int TWO_CELLS = 2 * NetworkSettings.FINEST_STRIDE;
    /** The share of the boxes that shall be at least so large. */
    private static final double MOST = 0.9;
    /** Other anchors than the default ones only where they match so much more of the boxes. */
    private static final double MIN_GAIN = 0.03;
    /**
     * With fewer passes over the data, a smaller input gives more than its pixels cost: at the same cost, 6 passes at
     * 96 pixels and 13 at 64 gave the same (bench/results/recipe.md).
     */
    private static final double FEW_PASSES = 8;
    /** The smallest share of the usual input size, and the smallest input, to save time. */
    private static final double MIN_SHARE = 0.5;

    private static final int MIN_REDUCED_SIZE = 96;
    /** A warning from this share of the boxes of a class on. */
    private static final double MANY_SMALL = 0.05;

    /** Parts of images at full resolution are used where boxes have so many times the pixels of the whole image. */
    private static final double MIN_CROP_GAIN = 1.5;
    /** Boxes up to this share of a part are mostly complete in it. */
    private static final double MAX_BOX_SHARE = 0.5;

    private DataFacts facts;
    private final Optional<TimeBudget> time;
    private final long passLength;
    private final Choices choices;
    private final List<String> warnings = new ArrayList<>();
    private NetworkSettings network;

    NetworkChoices(
            DataFacts facts,
            NetworkSettings network,
            TrainingSettings training,
            Optional<TimeBudget> time,
            Set<String> given,
            List<Choice> made) {
        this.facts = facts;
        this.time = time;
        Sampling sampling = given.contains("--sampling") ? training.batches().sampling() : facts.sampling(network);
        this.passLength = facts.passLength(sampling);
        this.choices = new Choices(given, made);
        this.network = network;
        facts.sampleBits().ifPresent(this::sampleBits);
        boolean crops = crops();
        this.network = this.network.withCrops(crops);
        if (crops) {
            partSize();
            this.facts = facts.inParts(this.network.inputSize());
        } else {
            inputSize();
        }
        if (network.detects() && !facts.boxes().isEmpty()) {
            anchors();
            smallBoxes();
        }
    }

    NetworkSettings network() {
        return network;
    }

    List<String> warnings() {
        return warnings;
    }

    private void sampleBits(SampleBits found) {
        network = network.withSampleBits(choices.choose(
                "sampleBits",
                "--sample-bits",
                network.sampleBits(),
                found.bits(),
                "the largest sample of " + found.images() + " images of 16 bits is " + found.max()));
    }

    /** Whether training reads parts of images: where whole images would make most boxes too small. */
    private boolean crops() {
        if (choices.given().contains("--crops")
                || !network.detects()
                || facts.boxes().isEmpty()) {
            return network.crops();
        }
        double whole = boxPixels(Math.min(MAX_SIZE, imageSize()));
        double full = facts.boxPixels(new PixelSize(facts.width(), facts.height()), MOST);
        return whole < TWO_CELLS
                && full >= MIN_CROP_GAIN * whole
                && choices.choose(
                        "crops",
                        "--crops",
                        network.crops(),
                        true,
                        String.format(
                                Locale.ROOT,
                                "nine tenths of the boxes are larger than %.0f x %.0f pixels in the images, but only larger "
                                        + "than %.0f x %.0f in whole images at %s pixels; every use of the network divides "
                                        + "images into tiles",
                                full,
                                full,
                                whole,
                                whole,
                                input(Math.min(MAX_SIZE, imageSize()))));
    }

    /** The size of the parts, which are not scaled. */
    private void partSize() {
        int size = Math.min(USUAL_SIZE, imageSize());
        String reason = "parts of the images, which have " + facts.width() + " x " + facts.height() + " pixels";
        if (network.detects() && !facts.boxes().isEmpty()) {
            double large = facts.boxPixels(new PixelSize(facts.width(), facts.height()), 1 - MOST);
            while (size < Math.min(MAX_SIZE, imageSize()) && large > MAX_BOX_SHARE * size) {
                size += MULTIPLE;
            }
            reason += String.format(
                    Locale.ROOT, "; nine tenths of the boxes are smaller than %.0f x %.0f pixels", large, large);
        }
        network = network.withInputSize(
                choices.choose("inputSize", "--size", network.inputSize(), PixelSize.square(size), reason));
    }

    private void inputSize() {
        int size = Math.min(USUAL_SIZE, imageSize());
        String reason = "the images have " + facts.width() + " x " + facts.height() + " pixels"
                + (size < imageSize() ? ", reduced for speed" : "");
        if (network.detects() && !facts.boxes().isEmpty() && boxPixels(size) < TWO_CELLS) {
            int larger = size;
            while (larger < Math.min(MAX_SIZE, imageSize()) && boxPixels(larger) < TWO_CELLS) {
                larger += MULTIPLE;
            }
            if (larger > size) {
                reason = String.format(
                        Locale.ROOT,
                        "nine tenths of the boxes are then larger than %.0f x %.0f pixels; at %s only larger than %.0f x %.0f",
                        boxPixels(larger),
                        boxPixels(larger),
                        input(size),
                        boxPixels(size),
                        boxPixels(size));
                size = larger;
            }
        }
        if (time.isPresent()) {
            int reduced = reduced(size, time.get());
            if (reduced < size) {
                reason = time.get().text(input(size), passLength) + ", at " + input(reduced) + " pixels "
                        + TimeBudget.number(time.get().passes(input(reduced), passLength));
                size = reduced;
            }
        }
        if (isWideOrHigh()) {
            reason += String.format(
                    Locale.ROOT, "; the input has the shape of the images, %.2f times as wide as high", facts.aspect());
        }
        network =
                network.withInputSize(choices.choose("inputSize", "--size", network.inputSize(), input(size), reason));
    }

    private boolean isWideOrHigh() {
        return Math.max(facts.aspect(), 1 / facts.aspect()) > MIN_ASPECT;
    }

    /** The input with about as many pixels as a square of {@code edge}, in the shape that the images have in common. */
    private PixelSize input(int edge) {
        if (!isWideOrHigh()) {
            return PixelSize.square(edge);
        }
        double ratio = Math.max(facts.aspect(), 1 / facts.aspect());
        int shorter = multiple(edge / Math.sqrt(ratio));
        int longer = multiple(shorter * ratio);
        return facts.aspect() > 1 ? new PixelSize(longer, shorter) : new PixelSize(shorter, longer);
    }

    private static int multiple(double pixels) {
        return Math.max(MIN_SIZE, (int) Math.round(pixels / MULTIPLE) * MULTIPLE);
    }

    private double boxPixels(int edge) {
        return facts.boxPixels(input(edge), MOST);
    }

    /**
     * The largest input size up to {@code size} for which enough passes over the data fit into the time; not so small
     * that boxes which can be found at {@code size} become smaller than a cell of the finest level.
     */
    private int reduced(int size, TimeBudget budget) {
        int reduced = size;
        while (budget.passes(input(reduced), passLength) < FEW_PASSES && allowed(reduced - MULTIPLE, size)) {
            reduced -= MULTIPLE;
        }
        return reduced;
    }

    private boolean allowed(int reduced, int size) {
        boolean boxes = network.detects() && !facts.boxes().isEmpty();
        return reduced >= Math.max(MIN_REDUCED_SIZE, MIN_SHARE * size)
                && !(boxes && boxPixels(reduced) < NetworkSettings.FINEST_STRIDE);
    }

    /** The size of the images, rounded up to an input size: of a square input, or of the square with as many pixels. */
    private int imageSize() {
        double edge = isWideOrHigh()
                ? new PixelSize(facts.width(), facts.height()).edge()
                : Math.max(facts.width(), facts.height());
        return Math.max(MIN_SIZE, (int) Math.ceil(edge / MULTIPLE) * MULTIPLE);
    }

    private void anchors() {
        AnchorFit present = AnchorFit.of(facts.boxes(), network, network.anchorBase());
        AnchorFit best = AnchorFit.best(facts.boxes(), network);
        boolean better = best.matched() >= present.matched() + MIN_GAIN;
        String reason = String.format(
                Locale.ROOT,
                better
                        ? "anchors then match %.0f %% of the boxes, with the default of %s pixels %.0f %%"
                        : "anchors match %.0f %% of the boxes",
                100 * (better ? best.matched() : present.matched()),
                Math.round(present.base()),
                100 * present.matched());
        network = network.withAnchorBase(choices.choose(
                "anchorBase", "--anchor-base", network.anchorBase(), better ? best.base() : present.base(), reason));
    }

    private static int enlarged(int pixels, double growth) {
        return (int) Math.ceil(pixels * growth / MULTIPLE) * MULTIPLE;
    }

    /** Boxes of less than one cell of the finest level. */
    private void smallBoxes() {
        int stride = NetworkSettings.FINEST_STRIDE;
        Map<String, int[]> counts = new LinkedHashMap<>();
        for (DataFacts.BoxSize box : facts.boxes()) {
            int[] count = counts.computeIfAbsent(box.name(), none -> new int[2]);
            count[0] += box.pixels(network.inputSize()) < stride ? 1 : 0;
            count[1]++;
        }
        List<String> classes = new ArrayList<>();
        counts.forEach((name, count) -> {
            if (count[0] >= Math.max(1, MANY_SMALL * count[1])) {
                classes.add(count[0] + " of " + count[1] + " of " + name);
            }
        });
        if (!classes.isEmpty()) {
            double smallest = facts.boxPixels(network.inputSize(), MOST);
            double growth = TWO_CELLS / smallest;
            PixelSize wanted = new PixelSize(
                    enlarged(network.inputSize().width(), growth),
                    enlarged(network.inputSize().height(), growth));
            warnings.add("at an input size of " + network.inputSize() + " pixels these boxes are smaller than " + stride
                    + " x " + stride + " pixels, one cell of the finest level, and most of them will not be found: "
                    + String.join(", ", classes)
                    + (growth > 1
                            ? "; with --size " + wanted + " nine tenths of all boxes are at least " + TWO_CELLS + " x "
                                    + TWO_CELLS + " pixels; or use --crops"
                            : network.crops() ? "" : "; use --crops"));
        }
    }
}
