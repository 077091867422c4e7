package tandem.tools.train;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tandem.engine.Device;
import tandem.model.checkpoint.NetworkMetadata;
import tandem.model.data.Box;
import tandem.model.data.DataSet;
import tandem.model.data.DecodedImage;
import tandem.model.data.ImageCache;
import tandem.model.data.Sample;
import tandem.model.data.SampleBits;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.image.ImageConversion;
import tandem.model.image.Placement;
import tandem.model.inference.DataSetInference;
import tandem.model.inference.FoldedModel;
import tandem.model.network.NetworkSettings;
import tandem.model.weak.GrabCutMaskGenerator;
import tandem.model.weak.RegionBoxGenerator;
import tandem.tools.DeviceOption;
import tandem.tools.InputException;
import tandem.tools.OutputOption;
import tandem.tools.console.LiveLine;

/** {@code tandem weak}: makes weak labels and compares them with the annotation, before training uses them. */
@Command(
        name = "weak",
        description =
                "Makes weak labels (masks from boxes, boxes from masks) in the same way as 'train --box-for-mask' and '--mask-for-box', and "
                        + "shows them beside the annotation, to check them before training. For images with boxes and a mask it measures the "
                        + "agreement of weak labels and annotation. Writes overlays/NAME.png and weak.json.",
        sortOptions = false,
        abbreviateSynopsis = true,
        footer = {"", "Example:", "  tandem weak --data VOC --full Segmentation/train --output runs/weak"})
public final class WeakCommand implements Callable<Integer> {

    private static final int BATCH = 8;

    @Mixin
    private DataOptions data;

    @Mixin
    private OutputOption output;

    @Option(
            names = {"--overlays", "--pictures"},
            paramLabel = "N",
            defaultValue = "60",
            order = 8,
            description =
                    "Number of overlays, for evenly spaced images; all images are measured. Default: ${DEFAULT-VALUE}.")
    private int overlays;

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            order = 9,
            description =
                    "Split and merge regions by the detections of this checkpoint, as training does from its second epoch on.")
    private Path weights;

    @Mixin
    private DeviceOption device;

    @Mixin
    private WeakOptions weak;

    @Mixin
    private final DeclaredOptions network = new DeclaredOptions(
            NetworkSettings.class,
            Map.of("maxPixels", NetworkSettings.DEFAULT_MAX_PIXELS),
            path -> path.equals("maxPixels"));

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        if (overlays < 0) {
            throw new InputException("--overlays " + overlays + ": at least 0");
        }
        if (weak.settings().pseudoLabels().weight() > 0) {
            throw new InputException(
                    "--pseudo-labels does not apply to this command: use 'tandem predict' to see the predictions of a teacher");
        }
        Path folder = output.make();
        DataSet set = data.read(data.open(out), "data", data.with(List.of()), out);
        ImageCache images = ImageOptions.cache(set, conversion(set));
        GrabCutMaskGenerator masks = GrabCutMaskGenerator.of(weak.boxForMask(), set.boxClasses(), set.maskClasses());
        RegionBoxGenerator boxes = RegionBoxGenerator.of(weak.maskForBox(), set.boxClasses(), set.maskClasses());
        Map<String, List<RegionBoxGenerator.Predicted>> predictions = predictions(set, err);
        WeakLabelFiles files = new WeakLabelFiles(set, folder, overlays);
        try (LiveLine line = LiveLine.on(err)) {
            for (int i = 0; i < set.size(); i++) {
                Sample sample = set.samples().get(i);
                DecodedImage image = images.get(i);
                byte[] mask = null;
                long nanoseconds = 0;
                if (sample.boxes().isPresent()) {
                    long began = System.nanoTime();
                    mask = masks.mask(image, sample.boxes().get());
                    nanoseconds = System.nanoTime() - began;
                }
                List<Box> made = image.mask() == null
                        ? null
                        : boxes.boxes(image, predictions.getOrDefault(sample.id(), List.of()))
                                .boxes();
                files.add(i, image, mask, nanoseconds, made);
                line.update(i + 1, set.size(), "image " + (i + 1) + "/" + set.size());
            }
        }
        files.finish(weak.boxForMask(), weak.maskForBox(), weights).forEach(out::println);
        data.skipped().forEach(err::println);
        out.println("results: " + folder);
        out.flush();
        return 0;
    }

    private ImageConversion conversion(DataSet set) throws IOException {
        int bits = weights == null
                ? SampleBits.of(SampleBits.of(set))
                : NetworkMetadata.read(weights).sampleBits();
        return new ImageConversion(maxPixels(), bits, Placement.STRETCH);
    }

    /** The maximum of the network of --weights, which its training uses too; without it that of --max-pixels. */
    private int maxPixels() throws IOException {
        Integer given = (Integer) network.value("--max-pixels");
        if (given != null && given < 1) {
            throw new InputException("--max-pixels " + given + ": at least 1");
        }
        int usual = weights == null
                ? NetworkSettings.DEFAULT_MAX_PIXELS
                : NetworkMetadata.read(weights).maxPixels();
        if (weights != null && given != null && given != usual) {
            throw new InputException("--max-pixels " + given + ": the network of --weights " + weights
                    + " has a maximum of " + usual + " pixels; omit --max-pixels, or name another checkpoint");
        }
        return given == null ? usual : given;
    }

    private Map<String, List<RegionBoxGenerator.Predicted>> predictions(DataSet set, PrintWriter err)
            throws IOException {
        Map<String, List<RegionBoxGenerator.Predicted>> predictions = new HashMap<>();
        if (weights == null) {
            return predictions;
        }
        try (Device machine = device.open(err);
                FoldedModel model = FoldedModel.load(weights, machine)) {
            List<String> known = new ArrayList<>(model.network().settings().boxClasses());
            if (!known.equals(set.boxClasses())) {
                throw new InputException("--weights " + weights + " has the box classes " + known + ", the data has "
                        + set.boxClasses() + "; name a checkpoint trained on boxes of these classes");
            }
            DataSetInference.run(
                    model,
                    set,
                    Math.min(BATCH, set.size()),
                    1,
                    NonMaximumSuppression.Settings.DEFAULT,
                    (sample, found) -> predictions.put(sample.id(), RegionBoxGenerator.predictions(found)));
        }
        return predictions;
    }
}
