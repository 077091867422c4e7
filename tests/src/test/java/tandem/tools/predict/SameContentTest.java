package tandem.tools.predict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.engine.Device;
import tandem.engine.cpu.CpuDevice;
import tandem.model.checkpoint.CheckpointStore;
import tandem.model.data.Box;
import tandem.model.data.DecodedImage;
import tandem.model.data.EncodedImages;
import tandem.model.data.ImageCache;
import tandem.model.data.ImageDecoder;
import tandem.model.data.PixelLimit;
import tandem.model.settings.AugmentationSettings;
import tandem.model.train.TinyData;
import tandem.model.train.Trainer;
import tandem.model.train.TrainingObserver;
import tandem.tools.CommandRun;

/**
 * {@code tandem predict} with a trained network finds an object in whatever file shows it: turned with an EXIF
 * orientation, of 12 or 16 bits, as inks, or as a small part of a large image. Where it is, is known from the data.
 */
class SameContentTest {

    private static final int SIZE = 64;

    @TempDir
    static Path folder;

    private static Path checkpoint;
    private static BufferedImage plain;
    private static Box truth;

    /** The box of the highest score. */
    private record Found(int label, double score, double left, double top, double right, double bottom) {}

    @BeforeAll
    static void train() throws IOException {
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(1))) {
            ImageCache images = TinyData.write(folder.resolve("data"), 30, SIZE, SIZE, TinyData.Annotations.BOTH, 12);
            try (Trainer trainer = Trainer.start(
                    device,
                    TinyData.network(SIZE),
                    TinyData.training(40, 3),
                    images,
                    AugmentationSettings.none(),
                    Trainer.Options.in(folder.resolve("run")))) {
                trainer.run(TrainingObserver.NONE, () -> false);
            }
            checkpoint = folder.resolve("run").resolve(CheckpointStore.CURRENT);
            plain = ImageIO.read(images.data().samples().get(0).image().toFile());
            truth = images.data().samples().get(0).boxes().orElseThrow().get(0);
        }
    }

    private static List<Found> predict(Path image, String... options) throws IOException {
        Path out = folder.resolve("found");
        List<String> arguments = new ArrayList<>(List.of(
                "predict",
                "--device",
                "cpu",
                "--threads",
                "1",
                "--weights",
                checkpoint.toString(),
                "--output",
                out.toString(),
                image.toString()));
        arguments.addAll(List.of(options));
        CommandRun run = CommandRun.direct(arguments.toArray(String[]::new));
        assertEquals(0, run.code(), run.err());
        List<Found> found = new ArrayList<>();
        for (JsonNode result :
                new ObjectMapper().readTree(out.resolve("results.json").toFile())) {
            JsonNode box = result.get("bbox");
            double left = box.get(0).asDouble();
            double top = box.get(1).asDouble();
            found.add(new Found(
                    result.get("category_id").asInt() - 1,
                    result.get("score").asDouble(),
                    left,
                    top,
                    left + box.get(2).asDouble(),
                    top + box.get(3).asDouble()));
        }
        found.sort((a, b) -> Double.compare(b.score, a.score));
        return found;
    }

    private static Path write(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private static double iou(Found found, double left, double top, double right, double bottom) {
        double width = Math.max(0, Math.min(found.right, right) - Math.max(found.left, left));
        double height = Math.max(0, Math.min(found.bottom, bottom) - Math.max(found.top, top));
        double union = (found.right - found.left) * (found.bottom - found.top) + (right - left) * (bottom - top);
        return width * height / (union - width * height);
    }

    private static void assertTruth(List<Found> found) {
        assertTrue(!found.isEmpty() && found.get(0).score > 0.5, found.toString());
        assertEquals(truth.label(), found.get(0).label);
        assertTrue(
                iou(found.get(0), truth.xMin(), truth.yMin(), truth.xMax(), truth.yMax()) > 0.5,
                found + " for " + truth);
    }

    /** What the network finds in the image as it was trained with. */
    private static List<Found> expected() throws IOException {
        List<Found> expected = predict(write("plain.png", EncodedImages.encode(plain, "png")));
        assertTruth(expected);
        return expected;
    }

    /** The words of the EXIF standard: where the first row and the first column of the stored image belong. */
    @ParameterizedTest
    @CsvSource({
        "2, top, right",
        "3, bottom, right",
        "4, bottom, left",
        "5, left, top",
        "6, right, top",
        "7, right, bottom",
        "8, left, bottom"
    })
    void turnedImages(int tag, String row, String column) throws IOException {
        BufferedImage stored = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
        boolean transposed = row.equals("left") || row.equals("right");
        for (int y = 0; y < SIZE; y++) {
            for (int x = 0; x < SIZE; x++) {
                int down = transposed ? x : y;
                int along = transposed ? y : x;
                boolean flippedDown = (transposed ? column : row).equals("bottom");
                boolean flippedAlong = (transposed ? row : column).equals("right");
                stored.setRGB(
                        x,
                        y,
                        plain.getRGB(flippedAlong ? SIZE - 1 - along : along, flippedDown ? SIZE - 1 - down : down));
            }
        }
        List<Found> expected = expected();
        byte[] png = EncodedImages.pngWithExif(EncodedImages.encode(stored, "png"), tag);
        assertEquals(expected, predict(write("turned.png", png)));
        byte[] jpeg = EncodedImages.jpegWithExif(EncodedImages.encode(stored, "jpeg"), tag);
        assertTruth(predict(write("turned.jpg", jpeg)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bmp", "tiff"})
    void otherLosslessFormats(String format) throws IOException {
        BufferedImage rgb = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_3BYTE_BGR);
        rgb.getGraphics().drawImage(plain, 0, 0, null);
        assertEquals(expected(), predict(write("other." + format, EncodedImages.encode(rgb, format))));
    }

    /** Samples of 16 bits that use 12 of them: 4095 is white. */
    @Test
    void twelveBits() throws IOException {
        assertEquals(expected(), predict(deep("deep.png", 257), "--sample-bits", "16"));
        Path twelve = deep("twelve.png", 4095 / 255.0);
        assertEquals(expected(), predict(twelve, "--sample-bits", "12"));
        DecodedImage decoded = ImageDecoder.decode(twelve, 12, PixelLimit.HEAP);
        assertEquals(plain.getRGB(5, 7) >> 16 & 0xFF, decoded.rgb()[3 * (7 * SIZE + 5)] & 0xFF);
    }

    private static Path deep(String name, double factor) throws IOException {
        ComponentColorModel model = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_sRGB), false, false, Transparency.OPAQUE, DataBuffer.TYPE_USHORT);
        WritableRaster raster = model.createCompatibleWritableRaster(SIZE, SIZE);
        for (int y = 0; y < SIZE; y++) {
            for (int x = 0; x < SIZE; x++) {
                for (int color = 0; color < 3; color++) {
                    int value = plain.getRGB(x, y) >> 16 - 8 * color & 0xFF;
                    raster.setSample(x, y, color, (int) Math.round(value * factor));
                }
            }
        }
        return write(name, EncodedImages.encode(new BufferedImage(model, raster, false, null), "png"));
    }

    /** Inks as Photoshop stores them, 255 without ink, and black as the fourth: red is what cyan leaves. */
    @Test
    void inks() throws IOException {
        WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, SIZE, SIZE, 4, null);
        double mean = 0;
        for (int y = 0; y < SIZE; y++) {
            for (int x = 0; x < SIZE; x++) {
                int rgb = plain.getRGB(x, y);
                raster.setPixel(x, y, new int[] {rgb >> 16 & 0xFF, rgb >> 8 & 0xFF, rgb & 0xFF, 255});
                mean += (rgb >> 16 & 0xFF) + (rgb >> 8 & 0xFF) + (rgb & 0xFF);
            }
        }
        Path file = write("inks.jpg", EncodedImages.inks(raster, 0));
        double read = 0;
        for (byte value : ImageDecoder.decode(file).rgb()) {
            read += value & 0xFF;
        }
        assertEquals(mean / (3 * SIZE * SIZE), read / (3 * SIZE * SIZE), 0.5);
        assertTruth(predict(file));
    }

    /** The image as a part of gray noise of twelve times its width: too small at the input, but not in a tile. */
    @Test
    void aPartOfALargeImage() throws IOException {
        int width = 768;
        int height = 512;
        int left = 403;
        int top = 215;
        SplittableRandom random = new SplittableRandom(5);
        BufferedImage sheet = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int gray = 90 + random.nextInt(40);
                boolean inside = x >= left && x < left + SIZE && y >= top && y < top + SIZE;
                sheet.setRGB(x, y, inside ? plain.getRGB(x - left, y - top) : gray << 16 | gray << 8 | gray);
            }
        }
        Path file = write("sheet.png", EncodedImages.encode(sheet, "png"));
        List<Found> tiled = predict(file, "--tile", "64", "--tile-overlap", "0.5");
        assertTrue(!tiled.isEmpty() && tiled.get(0).score > 0.5, tiled.toString());
        assertEquals(truth.label(), tiled.get(0).label);
        assertTrue(
                iou(tiled.get(0), left + truth.xMin(), top + truth.yMin(), left + truth.xMax(), top + truth.yMax())
                        > 0.5,
                tiled + " for " + truth);
        assertTrue(
                predict(file).stream()
                        .noneMatch(found -> found.score > 0.5
                                && iou(
                                                found,
                                                left + truth.xMin(),
                                                top + truth.yMin(),
                                                left + truth.xMax(),
                                                top + truth.yMax())
                                        > 0.5),
                "in a square of 64 pixels the object has three");
    }
}
