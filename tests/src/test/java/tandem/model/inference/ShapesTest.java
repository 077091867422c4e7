package tandem.model.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tandem.engine.Device;
import tandem.engine.cpu.CpuDevice;
import tandem.model.Inspector;
import tandem.model.Inspector.PixelFormat;
import tandem.model.checkpoint.CheckpointStore;
import tandem.model.data.Box;
import tandem.model.data.ImageCache;
import tandem.model.data.ImageDecoder;
import tandem.model.data.Sample;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.image.Fit;
import tandem.model.image.PixelSize;
import tandem.model.metrics.BoxRegion;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.AugmentationSettings;
import tandem.model.train.TinyData;
import tandem.model.train.Trainer;
import tandem.model.train.TrainingObserver;

/** Networks whose input has another shape than the images find objects where they are. */
class ShapesTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "160x64, STRETCH, 150, 90",
        "64x96, LETTERBOX, 150, 90",
        "96, LETTERBOX, 90, 150",
        "128x96, LETTERBOX, 200, 90"
    })
    void boxesAndMasksAreInPixelsOfTheImage(String input, Fit fit, int width, int height) throws IOException {
        ImageCache images = TinyData.write(folder.resolve("data"), 6, width, height, TinyData.Annotations.BOTH, 12);
        NetworkSettings network = TinyData.network(64)
                .with(change -> change.inputSize(PixelSize.of(input)).fit(fit));
        Path run = folder.resolve("run");
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(1))) {
            try (Trainer trainer = Trainer.start(
                    device,
                    network,
                    TinyData.training(80, 3),
                    images,
                    AugmentationSettings.none(),
                    Trainer.Options.in(run))) {
                trainer.run(TrainingObserver.NONE, () -> false);
            }
            Path checkpoint = run.resolve(CheckpointStore.CURRENT);
            List<String> evaluated = new ArrayList<>();
            try (FoldedModel model = FoldedModel.load(checkpoint, device)) {
                assertEquals(network, model.network().settings());
                DataSetInference.run(
                        model,
                        images.data(),
                        4,
                        1,
                        NonMaximumSuppression.Settings.DEFAULT,
                        (sample, found) -> evaluated.add(found.toString()));
            }
            try (Inspector inspector = Inspector.load(checkpoint, device)) {
                double overlap = 0;
                double correct = 0;
                for (int i = 0; i < 6; i++) {
                    Sample sample = images.data().samples().get(i);
                    byte[] rgb = ImageDecoder.decode(sample.image()).rgb();
                    Inspection found =
                            inspector.inspect(ByteBuffer.wrap(rgb), PixelFormat.RGB, width, height, 3 * width);
                    assertEquals(evaluated.get(i), found.toString());
                    overlap += overlap(sample, found) / 6;
                    correct += correct(sample, found) / 6;
                }
                assertTrue(overlap > 0.7, "mean IoU of boxes " + overlap);
                assertTrue(correct > 0.9, "correct pixels " + correct);
            }
        }
    }

    /** The IoU of the best box with the annotated one; 0 for another class. */
    private static double overlap(Sample sample, Inspection found) {
        Box box = sample.boxes().orElseThrow().get(0);
        return found.boxes() == 0 || found.label(0) != box.label()
                ? 0
                : new BoxRegion(box.xMin(), box.yMin(), box.xMax(), box.yMax())
                        .intersectionOverUnion(
                                new BoxRegion(found.left(0), found.top(0), found.right(0), found.bottom(0)));
    }

    /** The share of correct pixels. */
    private static double correct(Sample sample, Inspection found) {
        byte[] truth = ImageDecoder.mask(sample).orElseThrow();
        byte[] mask = found.maskBytes();
        double equal = 0;
        for (int i = 0; i < truth.length; i++) {
            equal += truth[i] == mask[i] ? 1 : 0;
        }
        return equal / truth.length;
    }
}
