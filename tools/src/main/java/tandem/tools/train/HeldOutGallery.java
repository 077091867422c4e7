package tandem.tools.train;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tandem.model.data.DataSet;
import tandem.model.data.ImageDecoder;
import tandem.model.data.Sample;
import tandem.model.figure.ClassColors;
import tandem.model.figure.ImageFiles;
import tandem.model.figure.Overlay;
import tandem.model.inference.EvaluatedImage;
import tandem.model.metrics.BoxMatches;
import tandem.model.metrics.Detection;
import tandem.model.metrics.ImageErrors;
import tandem.model.metrics.TruthBox;
import tandem.model.network.NetworkSettings;
import tandem.tools.RgbImage;
import tandem.tools.UniqueFileNames;
import tandem.tools.report.Section;

/**
 * Held-out images for a report: those with the worst predictions first, then some others. Only the predictions of the
 * images that may be shown are kept. A PNG file of each shown image is written too.
 */
final class HeldOutGallery {

    /** Share of the shown images that are the worst ones. */
    private static final double WORST = 2.0 / 3;

    /** An image and its predictions. */
    private record Kept(
            Sample sample,
            List<Detection> detections,
            List<TruthBox> truth,
            byte[] mask,
            byte[] trueMask,
            ImageErrors errors) {}

    private final NetworkSettings network;
    private final ClassColors colors;
    private final Overlay overlay;
    private final int worstImages;
    private final Set<String> spaced;
    private final UniqueFileNames files = new UniqueFileNames();
    private final List<Kept> worst = new ArrayList<>();
    private final List<Kept> others = new ArrayList<>();

    /**
     * @param data the held-out images
     * @param images maximum number of images to show
     */
    HeldOutGallery(NetworkSettings network, DataSet data, int images) {
        this.network = network;
        this.colors = new ClassColors(network.boxClasses(), network.maskClasses());
        this.overlay = new Overlay(colors);
        this.worstImages = (int) Math.round(WORST * images);
        Set<Integer> indices = new TreeSet<>();
        for (int i = 0; i < images; i++) {
            indices.add((int) ((long) i * data.size() / images));
        }
        this.spaced =
                indices.stream().map(index -> data.samples().get(index).id()).collect(Collectors.toSet());
    }

    /** Considers an image. */
    void add(EvaluatedImage image) {
        byte[] mask = image.found().maskBytes();
        ImageErrors errors = ImageErrors.of(image.found().detections(), image.truth(), mask, image.trueMask());
        Kept kept = new Kept(
                image.sample(),
                image.found().detections().stream()
                        .filter(found -> found.score() >= BoxMatches.SCORE)
                        .toList(),
                image.truth(),
                mask,
                image.trueMask(),
                errors);
        if (spaced.contains(image.sample().id())) {
            others.add(kept);
        }
        if (errors.badness() > 0) {
            worst.add(kept);
            worst.sort(Comparator.comparingDouble((Kept one) -> -one.errors().badness()));
            if (worst.size() > worstImages) {
                worst.remove(worstImages);
            }
        }
    }

    /**
     * The sections of a report; one without images is left out.
     *
     * @param folder for a PNG file of each shown image
     */
    List<Section> sections(Path folder) throws IOException {
        Files.createDirectories(folder);
        Set<Sample> shown = worst.stream().map(Kept::sample).collect(Collectors.toSet());
        List<Kept> rest =
                others.stream().filter(one -> !shown.contains(one.sample())).toList();
        int room = Math.min(rest.size(), spaced.size() - worst.size());
        List<Kept> chosen = new ArrayList<>();
        for (int i = 0; i < room; i++) {
            chosen.add(rest.get((int) ((long) i * rest.size() / room)));
        }
        List<Section> sections = new ArrayList<>();
        if (!worst.isEmpty()) {
            sections.add(gallery(
                    "Held-out images with the worst predictions, worst first",
                    worst,
                    "Ranked by missed objects and wrong classes (1 each), false alarms (0.5 each) and masks (1 minus the IoU of the "
                            + "objects' pixels).",
                    folder));
        }
        if (!chosen.isEmpty()) {
            sections.add(gallery(
                    worst.isEmpty() ? "Held-out images" : "Other held-out images",
                    chosen,
                    "Evenly spaced in the list of held-out images.",
                    folder));
        }
        return sections;
    }

    private Section gallery(String title, List<Kept> images, String note, Path folder) throws IOException {
        List<Section.Strip> strips = new ArrayList<>();
        for (Kept one : images) {
            strips.add(strip(one, folder));
        }
        return new Section.Gallery(
                title,
                Section.Gallery.legend(colors),
                strips,
                note
                        + (network.detects()
                                ? " Boxes with a score of at least " + BoxMatches.SCORE + " are shown."
                                : ""));
    }

    private Section.Strip strip(Kept one, Path folder) throws IOException {
        BufferedImage image = RgbImage.of(ImageDecoder.decode(one.sample(), network.sampleBits()));
        Files.write(
                folder.resolve(files.of(one.sample().id()) + ".png"),
                ImageFiles.png(overlay.comparison(
                        one.sample().id(), image, one.truth(), one.trueMask(), one.detections(), one.mask())));
        String annotated = one.truth() == null && one.trueMask() == null
                ? "not annotated"
                : one.truth() == null
                        ? "ground truth (mask only)"
                        : one.trueMask() == null ? "ground truth (boxes only)" : "ground truth";
        return new Section.Strip(
                one.sample().id() + ": " + ErrorText.of(one.errors(), network.boxClasses()),
                List.of(
                        figure("input", overlay.enlarge(image)),
                        figure(annotated, overlay.truth(image, one.truth(), one.trueMask())),
                        figure("prediction", overlay.prediction(image, one.detections(), one.mask()))));
    }

    private static Section.Figure figure(String caption, BufferedImage image) {
        return new Section.Figure(caption, ImageFiles.compact(image));
    }
}
