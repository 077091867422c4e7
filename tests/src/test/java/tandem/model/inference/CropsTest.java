package tandem.model.inference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.engine.Device;
import tandem.engine.cpu.CpuDevice;
import tandem.model.Inspector;
import tandem.model.Inspector.PixelFormat;
import tandem.model.checkpoint.CheckpointStore;
import tandem.model.data.Box;
import tandem.model.data.DataSet;
import tandem.model.data.DecodedImage;
import tandem.model.data.ImageCache;
import tandem.model.data.ImageDecoder;
import tandem.model.data.MaskFile;
import tandem.model.data.Sample;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.explain.Explainer;
import tandem.model.metrics.Evaluation;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.AugmentationSettings;
import tandem.model.train.TinyData;
import tandem.model.train.Trainer;
import tandem.model.train.TrainingObserver;

/** A network that is trained on parts of large images finds small objects in whole images. */
class CropsTest {

    private static final int WIDTH = 330;
    private static final int HEIGHT = 250;
    private static final int COUNT = 8;

    @TempDir
    Path folder;

    /** Gray noise with two small rectangles: one red, one blue. */
    private Sample sheet(int number, SplittableRandom random) throws IOException {
        BufferedImage picture = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        BufferedImage mask = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_BYTE_GRAY);
        List<Box> boxes = new ArrayList<>();
        for (int label = 0; label < 2; label++) {
            int left = 160 * label + random.nextInt(130);
            int top = random.nextInt(HEIGHT - 30);
            boxes.add(new Box(label, left, top, left + 16 + random.nextInt(10), top + 16 + random.nextInt(10), false));
        }
        long[] pixels = new long[3];
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                int gray = 90 + random.nextInt(40);
                int value = 0;
                for (Box box : boxes) {
                    boolean in = x >= box.xMin() && x < box.xMax() && y >= box.yMin() && y < box.yMax();
                    value = in ? box.label() + 1 : value;
                }
                picture.setRGB(
                        x,
                        y,
                        value == 0
                                ? gray << 16 | gray << 8 | gray
                                : value == 1 ? 220 << 16 | gray << 8 | 40 : 40 << 16 | gray << 8 | 220);
                mask.getRaster().setSample(x, y, 0, value);
                pixels[value]++;
            }
        }
        Path image = folder.resolve(number + ".png");
        Path labels = folder.resolve(number + "-mask.png");
        ImageIO.write(picture, "png", image.toFile());
        ImageIO.write(mask, "png", labels.toFile());
        return new Sample(
                "sheet" + number,
                image,
                WIDTH,
                HEIGHT,
                Optional.of(boxes),
                Optional.of(new MaskFile(labels, List.of(pixels[0], pixels[1], pixels[2]), 0)));
    }

    @Test
    void smallObjectsOfLargeImagesAreFoundInTilesOfTheSizeOfTheCrops() throws IOException {
        SplittableRandom random = new SplittableRandom(4);
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            samples.add(sheet(i, random));
        }
        DataSet data = new DataSet("sheets", TinyData.CLASSES, TinyData.CLASSES, samples);
        // Crops are not downscaled by the limit of pixels, which is that of a tile.
        NetworkSettings network =
                TinyData.network(64).with(change -> change.crops(true).maxPixels(64 * 64));
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(1))) {
            Path run = folder.resolve("run");
            try (Trainer trainer = Trainer.start(
                    device,
                    network,
                    TinyData.training(200, 4),
                    new ImageCache(data, network.conversion(), 1 << 24),
                    AugmentationSettings.none(),
                    Trainer.Options.in(run))) {
                trainer.run(TrainingObserver.NONE, () -> false);
            }
            Path checkpoint = run.resolve(CheckpointStore.CURRENT);
            List<String> evaluated = new ArrayList<>();
            try (FoldedModel model = FoldedModel.load(checkpoint, device)) {
                assertEquals(network, model.network().settings());
                Evaluation evaluation =
                        DataSetInference.evaluate(model, data, 4, 1, NonMaximumSuppression.Settings.DEFAULT);
                assertTrue(evaluation.ap50() > 0.5, "AP50 " + evaluation.ap50());
                assertTrue(evaluation.miou() > 0.4, "mIoU " + evaluation.miou());
                DataSetInference.run(
                        model,
                        data,
                        4,
                        1,
                        NonMaximumSuppression.Settings.DEFAULT,
                        (sample, found) -> evaluated.add(found.toString()));
                try (Explainer explainer = new Explainer(model, WIDTH * HEIGHT)) {
                    DecodedImage large = ImageDecoder.decode(samples.get(0).image());
                    assertThrows(IllegalArgumentException.class, () -> explainer.run(large));
                }
            }
            try (Inspector inspector = Inspector.load(checkpoint, device)) {
                for (int i = 0; i < COUNT; i++) {
                    byte[] rgb = ImageDecoder.decode(samples.get(i).image()).rgb();
                    assertEquals(
                            evaluated.get(i),
                            inspector
                                    .inspect(ByteBuffer.wrap(rgb), PixelFormat.RGB, WIDTH, HEIGHT, 3 * WIDTH)
                                    .toString());
                }
            }
        }
    }
}
