package tandem.model.distillation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.engine.Buffer;
import tandem.engine.cpu.CpuDevice;
import tandem.engine.operation.TestMemory;
import tandem.model.batch.BatchShape;
import tandem.model.batch.BatchStager;
import tandem.model.batch.SamplerState;
import tandem.model.batch.StagedBatch;
import tandem.model.data.ImageCache;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.Sampling;
import tandem.model.train.TinyData;

class TeacherOutputCacheTest {

    private static final int BATCH = 2;
    /** Rows of three and of eight numbers: one number a thread, and four. */
    private static final int[] ROWS = {3, 8};

    @TempDir
    Path folder;

    /** The answer to an image is its number and the position in the row. */
    private static float[] answers(StagedBatch batch, int row) {
        float[] values = new float[BATCH * row];
        for (int i = 0; i < values.length; i++) {
            values[i] = 100 * batch.sample(i / row) + i % row;
        }
        return values;
    }

    @Test
    void answersComeBackToTheImageTheyBelongTo() {
        ImageCache images = TinyData.write(folder, 4, 64, 64, TinyData.Annotations.BOTH, 1);
        try (CpuDevice device = new CpuDevice(
                        CpuDevice.Options.standard().withChecked(true).withThreads(1));
                BatchStager stager = BatchStager.training(
                        images,
                        BatchShape.of(images, BATCH),
                        1,
                        SamplerState.start(1),
                        Sampling.PROPORTIONAL,
                        AugmentationSettings.none());
                TeacherOutputCache cache =
                        new TeacherOutputCache(device, 4, BATCH, List.of(4L * ROWS[0], 4L * ROWS[1]))) {
            List<Buffer> inputs =
                    List.of(device.allocate(4L * BATCH * ROWS[0], "a"), device.allocate(4L * BATCH * ROWS[1], "b"));
            try (TeacherOutputCache.Access access =
                    cache.access(inputs.stream().map(Buffer::memory).toList())) {
                // The first pass requests each image once; the later passes combine them in other pairs.
                for (int number = 0; number < 8; number++) {
                    StagedBatch batch = stager.next();
                    if (number < 2) {
                        assertFalse(cache.load(batch, access));
                        for (int i = 0; i < 2; i++) {
                            device.upload(
                                    TestMemory.floats(answers(batch, ROWS[i])),
                                    inputs.get(i).memory());
                        }
                        cache.store(batch, access);
                    } else {
                        inputs.forEach(input -> device.clear(input.memory()).run());
                        assertTrue(cache.load(batch, access));
                        for (int i = 0; i < 2; i++) {
                            assertArrayEquals(
                                    answers(batch, ROWS[i]),
                                    TestMemory.floats(device, inputs.get(i).memory()));
                        }
                    }
                }
            }
        }
    }
}
