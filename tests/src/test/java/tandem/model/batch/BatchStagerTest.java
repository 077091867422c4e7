package tandem.model.batch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tandem.HeapAllocation;
import tandem.model.augment.ImageParameters;
import tandem.model.data.BadFiles;
import tandem.model.data.Box;
import tandem.model.data.DataException;
import tandem.model.data.DataSet;
import tandem.model.data.DecodedImage;
import tandem.model.data.ImageCache;
import tandem.model.data.ImageDecoder;
import tandem.model.data.ImageLists;
import tandem.model.data.VocFolder;
import tandem.model.data.VocReader;
import tandem.model.image.ImageConversion;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.Sampling;

@Timeout(60)
class BatchStagerTest {

    @TempDir
    Path root;

    private DataSet data;

    @BeforeEach
    void make() throws IOException {
        VocFolder.three(root);
        data = VocReader.open(root).read("test", ImageLists.full("Main/all"), BadFiles.stop());
    }

    /** All that kernels read of a batch; what follows an image's pixels and boxes is left from earlier batches. */
    private byte[] contents(StagedBatch batch, BatchShape shape) {
        ByteBuffer all = ByteBuffer.allocate(1 << 16);
        for (int i = 0; i < batch.size(); i++) {
            all.putInt(batch.sample(i));
            for (int k = 0; k < ImageParameters.COUNT; k++) {
                all.putFloat(batch.parameterValues.get(i * ImageParameters.COUNT + k));
            }
            all.putFloat(batch.weightValues.get(2 * i))
                    .putFloat(batch.weightValues.get(2 * i + 1))
                    .putInt(batch.countValues.get(i));
            for (int j = 0; j < batch.countValues.get(i); j++) {
                all.putInt(batch.labelValues.get(i * shape.boxes() + j));
                for (int k = 0; k < 4; k++) {
                    all.putFloat(batch.boxValues.get((i * shape.boxes() + j) * 4 + k));
                }
            }
            int pixels = data.samples().get(batch.sample(i)).width()
                    * data.samples().get(batch.sample(i)).height();
            for (int k = 0; k < 3 * pixels; k++) {
                all.put(batch.pixels.get(3 * i * shape.pixels() + k));
            }
            for (int k = 0; k < pixels && batch.weightValues.get(2 * i + 1) > 0; k++) {
                all.put(batch.masks.get(i * shape.pixels() + k));
            }
        }
        return Arrays.copyOf(all.array(), all.position());
    }

    private List<byte[]> run(int threads, long cacheBytes, SamplerState from, int batches, List<SamplerState> states) {
        ImageCache cache = new ImageCache(data, ImageConversion.of(1 << 20), cacheBytes);
        List<byte[]> contents = new ArrayList<>();
        try (BatchStager stager = BatchStager.training(
                cache,
                BatchShape.of(cache, 4),
                threads,
                from,
                Sampling.PROPORTIONAL,
                AugmentationSettings.standard())) {
            for (int i = 0; i < batches; i++) {
                assertTrue(stager.hasNext());
                StagedBatch batch = stager.next();
                contents.add(contents(batch, stager.shape()));
                states.add(batch.after());
            }
        }
        return contents;
    }

    @Test
    void contentsDependNeitherOnThreadsNorOnTheCacheNorOnWhereARunWasStopped() {
        List<SamplerState> states = new ArrayList<>();
        List<byte[]> once = run(1, 0, SamplerState.start(3), 20, states);
        List<byte[]> again = run(4, 1 << 20, SamplerState.start(3), 20, new ArrayList<>());
        List<byte[]> resumed = run(2, 1 << 20, states.get(6), 13, new ArrayList<>());
        for (int i = 0; i < 20; i++) {
            assertArrayEquals(once.get(i), again.get(i));
            if (i > 6) {
                assertArrayEquals(once.get(i), resumed.get(i - 7));
            }
        }
        assertNotEquals(0, Arrays.compare(once.get(0), once.get(1)));
        assertNotEquals(
                0,
                Arrays.compare(
                        once.get(0),
                        run(1, 0, SamplerState.start(4), 1, new ArrayList<>()).get(0)));
    }

    @Test
    void evaluationVisitsEveryImageOnceAndPadsTheLastBatch() {
        ImageCache cache = new ImageCache(data, ImageConversion.of(1 << 20), 1 << 20);
        try (BatchStager stager = BatchStager.evaluation(cache, BatchShape.of(cache, 2), 2)) {
            StagedBatch first = stager.next();
            assertEquals(List.of(2, 0, 1), List.of(first.size(), first.sample(0), first.sample(1)));
            DecodedImage a = ImageDecoder.decode(data.samples().get(0), ImageConversion.of(1 << 20));
            for (int i = 0; i < a.rgb().length; i++) {
                assertEquals(a.rgb()[i], first.pixels.get(i));
            }
            for (int i = 0; i < a.mask().length; i++) {
                assertEquals(a.mask()[i], first.masks.get(i));
            }
            float[] expected = {20, 10, 20, 0, 10, 0, 0, 1, 0, 1, 1, 0, 12, 16, 12, 0, 16, 0, 0, 1, 0, 1, 0, 0};
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], first.parameterValues.get(i), "parameter " + i);
            }
            assertEquals(
                    List.of(1f, 1f, 1f, 0f),
                    List.of(
                            first.weightValues.get(0),
                            first.weightValues.get(1),
                            first.weightValues.get(2),
                            first.weightValues.get(3)));
            assertEquals(
                    List.of(1, 1, 1, 0),
                    List.of(
                            first.countValues.get(0),
                            first.countValues.get(1),
                            first.labelValues.get(0),
                            first.labelValues.get(1)));
            assertEquals(
                    List.of(2f, 1f, 10f, 8f),
                    List.of(
                            first.boxValues.get(0),
                            first.boxValues.get(1),
                            first.boxValues.get(2),
                            first.boxValues.get(3)));
            assertTrue(stager.hasNext());

            StagedBatch last = stager.next();
            assertEquals(List.of(1, 2), List.of(last.size(), last.sample(0)));
            assertEquals(
                    List.of(0f, 1f, 0f, 0f),
                    List.of(
                            last.weightValues.get(0),
                            last.weightValues.get(1),
                            last.weightValues.get(2),
                            last.weightValues.get(3)));
            assertEquals(List.of(0, 0), List.of(last.countValues.get(0), last.countValues.get(1)));
            assertThrows(IndexOutOfBoundsException.class, () -> last.sample(1));
            assertFalse(stager.hasNext());
            assertThrows(NoSuchElementException.class, stager::next);
        }
    }

    @Test
    void boxesOfShrunkImagesAreScaled() {
        ImageCache cache = new ImageCache(data, ImageConversion.of(50), 1 << 20);
        try (BatchStager stager = BatchStager.evaluation(cache, BatchShape.of(cache, 3), 1)) {
            StagedBatch batch = stager.next();
            assertEquals(50, stager.shape().pixels());
            assertEquals(List.of(10f, 5f), List.of(batch.parameterValues.get(0), batch.parameterValues.get(1)));
            assertEquals(
                    List.of(1f, 0.5f, 5f, 4f),
                    List.of(
                            batch.boxValues.get(0),
                            batch.boxValues.get(1),
                            batch.boxValues.get(2),
                            batch.boxValues.get(3)));
        }
    }

    @Test
    void generatedLabelsFillMissingAnnotationAndDoNotChangeAugmentation() {
        ImageCache cache = new ImageCache(data, ImageConversion.of(1 << 20), 1 << 20);
        List<Long> seen = new ArrayList<>();
        GeneratedLabelProvider labels = new GeneratedLabelProvider() {
            @Override
            public int maxBoxes() {
                return 3;
            }

            @Override
            public GeneratedLabels of(int sample, DecodedImage image, long images) {
                synchronized (seen) {
                    seen.add(images);
                }
                byte[] mask = new byte[image.width() * image.height()];
                Arrays.fill(mask, (byte) 2);
                return new GeneratedLabels(
                        List.of(new Box(1, 1, 2, 3, 4, false), new Box(0, 2, 2, 4, 5, false)), 0.25f, mask, 0.5f);
            }
        };
        BatchShape shape = BatchShape.of(cache, 3, labels.maxBoxes());
        assertEquals(3, shape.boxes());
        assertThrows(
                IllegalArgumentException.class,
                () -> BatchStager.training(
                        cache,
                        BatchShape.of(cache, 3),
                        1,
                        SamplerState.start(5),
                        Sampling.PROPORTIONAL,
                        AugmentationSettings.standard(),
                        labels));
        try (BatchStager stager = BatchStager.training(
                        cache,
                        shape,
                        2,
                        SamplerState.start(5),
                        Sampling.PROPORTIONAL,
                        AugmentationSettings.standard(),
                        labels);
                BatchStager plain = BatchStager.training(
                        cache,
                        shape,
                        2,
                        SamplerState.start(5),
                        Sampling.PROPORTIONAL,
                        AugmentationSettings.standard())) {
            for (int number = 0; number < 5; number++) {
                StagedBatch batch = stager.next();
                StagedBatch drawn = plain.next();
                for (int i = 0; i < 3; i++) {
                    // Image 0 has both, image 1 boxes alone, image 2 a mask alone.
                    int sample = batch.sample(i);
                    assertEquals(sample, drawn.sample(i));
                    assertEquals(sample == 2 ? 0.25f : 1, batch.weightValues.get(2 * i));
                    assertEquals(sample == 1 ? 0.5f : 1, batch.weightValues.get(2 * i + 1));
                    assertEquals(sample == 2 ? 2 : 1, batch.countValues.get(i));
                    for (int k = 0; k < ImageParameters.COUNT; k++) {
                        boolean masked = k == 10 && sample == 1;
                        assertEquals(
                                masked ? 1 : drawn.parameterValues.get(i * ImageParameters.COUNT + k),
                                batch.parameterValues.get(i * ImageParameters.COUNT + k),
                                "parameter " + k);
                    }
                    if (sample == 2) {
                        assertEquals(
                                List.of(1, 0), List.of(batch.labelValues.get(3 * i), batch.labelValues.get(3 * i + 1)));
                        assertEquals(5, batch.boxValues.get(4 * (3 * i + 1) + 3));
                    }
                    if (sample == 1) {
                        assertEquals(2, batch.masks.get(i * shape.pixels()));
                    }
                }
            }
        }
        assertTrue(seen.containsAll(List.of(0L, 3L, 6L, 9L, 12L)), seen.toString());
    }

    @Test
    void aFileThatTurnsBadIsNamed() throws IOException {
        ImageCache cache = new ImageCache(data, ImageConversion.of(1 << 20), 1 << 20);
        Files.writeString(root.resolve("JPEGImages/b.png"), "no longer an image");
        try (BatchStager stager = BatchStager.evaluation(cache, BatchShape.of(cache, 1), 2)) {
            stager.next();
            assertTrue(
                    assertThrows(DataException.class, stager::next).getMessage().contains("b.png: is not a JPEG"));
        }
    }

    @Test
    void roomThatIsTooSmallIsRefused() {
        ImageCache cache = new ImageCache(data, ImageConversion.of(1 << 20), 0);
        assertThrows(IllegalArgumentException.class, () -> BatchStager.evaluation(cache, new BatchShape(1, 199, 1), 1));
        assertThrows(IllegalArgumentException.class, () -> new BatchShape(1 << 15, 1 << 15, 1));
    }

    @Test
    void closingStopsTheThreadsAndTakingAllocatesNothing() throws InterruptedException {
        ImageCache cache = new ImageCache(data, ImageConversion.of(1 << 20), 1 << 20);
        BatchStager stager = BatchStager.training(
                cache,
                BatchShape.of(cache, 4),
                2,
                SamplerState.start(1),
                Sampling.PROPORTIONAL,
                AugmentationSettings.standard());
        long allocated = HeapAllocation.bytes(500, stager::next);
        stager.close();
        stager.close();
        assertTrue(allocated < 5_000, allocated + " bytes for 500 batches");
        assertThrows(IllegalStateException.class, stager::next);
        for (int i = 0; i < 1000 && live() > 0; i++) {
            Thread.sleep(20);
        }
        assertEquals(0, live());
    }

    private static long live() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("tandem-decode")
                        || thread.getName().equals("tandem-stage"))
                .count();
    }
}
