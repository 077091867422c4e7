package tandem.tools.train;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tandem.model.data.Box;
import tandem.model.data.DataSet;
import tandem.model.data.DecodedImage;
import tandem.model.data.Sample;
import tandem.model.declaration.SettingsJson;
import tandem.model.figure.ClassColors;
import tandem.model.figure.ImageFiles;
import tandem.model.figure.Overlay;
import tandem.model.figure.Sheet;
import tandem.model.metrics.TruthBox;
import tandem.model.settings.GrabCutMaskSettings;
import tandem.model.settings.RegionBoxSettings;
import tandem.model.weak.GeneratedBoxAccuracy;
import tandem.model.weak.GeneratedMaskAccuracy;
import tandem.tools.RgbImage;
import tandem.tools.UniqueFileNames;

/** The output of {@code tandem weak}: annotation and weak labels side by side, and their agreement. */
final class WeakLabelFiles {

    /** Name of the file of metrics. */
    static final String FIGURES = "weak.json";
    /** Name of the folder of overlays. */
    static final String OVERLAYS = "overlays";

    private static final JsonMapper JSON = new JsonMapper();

    private final DataSet data;
    private final Path folder;
    private final int overlays;
    private final ClassColors colors;
    private final Overlay overlay;
    private final UniqueFileNames files = new UniqueFileNames();
    private final GeneratedMaskAccuracy maskAgreement;
    private final GeneratedBoxAccuracy boxAgreement;
    private int masks;
    private long nanoseconds;
    private int boxed;
    private int boxless;
    private long boxes;
    private int compared;

    WeakLabelFiles(DataSet data, Path folder, int overlays) throws IOException {
        this.data = data;
        this.folder = folder;
        this.overlays = overlays;
        colors = new ClassColors(data.boxClasses(), data.maskClasses());
        overlay = new Overlay(colors);
        maskAgreement = new GeneratedMaskAccuracy(data.maskChannels());
        boxAgreement = new GeneratedBoxAccuracy(data.boxClasses().size());
        Files.createDirectories(folder.resolve(OVERLAYS));
    }

    /**
     * Adds one image: the mask made from its boxes and the boxes made from its mask; null where the image has no boxes
     * or no mask.
     */
    void add(int index, DecodedImage image, byte[] mask, long time, List<Box> made) throws IOException {
        Sample sample = data.samples().get(index);
        if (mask != null) {
            masks++;
            nanoseconds += time;
        }
        if (made != null) {
            boxed += made.isEmpty() ? 0 : 1;
            boxless += made.isEmpty() ? 1 : 0;
            boxes += made.size();
        }
        if (mask != null && made != null) {
            maskAgreement.add(mask, image.mask());
            boxAgreement.add(made, sample.boxes().orElseThrow());
            compared++;
        }
        boolean shown =
                overlays > 0 && (long) index * overlays / data.size() != ((long) index + 1) * overlays / data.size();
        if (shown && (mask != null || made != null)) {
            BufferedImage original = RgbImage.of(image);
            List<TruthBox> theirs = sample.boxes().map(all -> truth(all, image)).orElse(null);
            BufferedImage sheet = Sheet.of(
                    List.of(
                            new Sheet.Cell(sample.id(), overlay.enlarge(original)),
                            new Sheet.Cell("annotation", overlay.truth(original, theirs, image.mask())),
                            new Sheet.Cell(
                                    "weak labels (gray: ignored)",
                                    overlay.truth(original, made == null ? null : truth(made, image), mask))),
                    3,
                    colors);
            Files.write(folder.resolve(OVERLAYS).resolve(files.of(sample.id()) + ".png"), ImageFiles.png(sheet));
        }
    }

    private static List<TruthBox> truth(List<Box> boxes, DecodedImage image) {
        float f = image.factor();
        return boxes.stream()
                .map(box -> TruthBox.of(new Box(
                        box.label(), box.xMin() / f, box.yMin() / f, box.xMax() / f, box.yMax() / f, box.difficult())))
                .toList();
    }

    /** Writes the metrics and returns them as lines of text. */
    List<String> finish(GrabCutMaskSettings boxForMask, RegionBoxSettings maskForBox, Path weights) throws IOException {
        ObjectNode root = JSON.createObjectNode();
        root.put("images", data.size())
                .put("masksMade", masks)
                .put("secondsPerMask", masks == 0 ? 0 : nanoseconds / 1e9 / masks)
                .put("imagesWithBoxesMade", boxed)
                .put("imagesWithoutBoxesMade", boxless)
                .put("boxesMade", boxes)
                .put("compared", compared);
        root.set("boxForMask", SettingsJson.tree(boxForMask));
        root.set("maskForBox", SettingsJson.tree(maskForBox));
        root.put("weights", weights == null ? null : weights.toString());
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT,
                "masks from boxes: %d images, %.0f ms each",
                masks,
                masks == 0 ? 0 : nanoseconds / 1e6 / masks));
        lines.add(String.format(
                Locale.ROOT,
                "boxes from masks: %d boxes in %d images%s",
                boxes,
                boxed,
                boxless == 0 ? "" : ", none in " + boxless + " other images"));
        if (compared > 0) {
            lines.add("agreement with the annotation of the " + compared + " images with boxes and a mask:");
            ObjectNode ofMasks = root.putObject("maskAgreement");
            for (int value = 0; value < data.maskChannels(); value++) {
                if (maskAgreement.annotated(value) > 0) {
                    String name = value == 0 ? "background" : data.maskClasses().get(value - 1);
                    put(ofMasks.putObject(name), "iou", maskAgreement.iou(value))
                            .put("ignored", maskAgreement.ignored(value));
                    lines.add(String.format(
                            Locale.ROOT,
                            "  mask  %-16s IoU %.3f without ignored pixels; %.1f %% of its pixels are ignored",
                            name,
                            maskAgreement.iou(value),
                            100 * maskAgreement.ignored(value)));
                }
            }
            ObjectNode ofBoxes = root.putObject("boxAgreement");
            for (int label = 0; label < data.boxClasses().size(); label++) {
                GeneratedBoxAccuracy.Figures figures = boxAgreement.of(label);
                if (figures.annotated() + figures.generated() > 0) {
                    ObjectNode node = ofBoxes.putObject(data.boxClasses().get(label))
                            .put("drawn", figures.annotated())
                            .put("made", figures.generated());
                    put(node, "meanIou", figures.meanIou());
                    put(node, "recall", figures.recall());
                    put(node, "precision", figures.precision());
                    lines.add(String.format(
                            Locale.ROOT,
                            "  boxes %-16s %d annotated, %d made: mean IoU %.3f, recall %.3f, precision %.3f at IoU %.1f",
                            data.boxClasses().get(label),
                            figures.annotated(),
                            figures.generated(),
                            figures.meanIou(),
                            figures.recall(),
                            figures.precision(),
                            GeneratedBoxAccuracy.AGREES));
                }
            }
        }
        Files.write(
                folder.resolve(FIGURES), JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root));
        return lines;
    }

    /** NaN becomes null: JSON has no NaN. */
    private static ObjectNode put(ObjectNode node, String name, double value) {
        return Double.isNaN(value) ? node.putNull(name) : node.put(name, value);
    }
}
