package tandem.model.strategy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tandem.model.data.Annotation;
import tandem.model.data.Box;
import tandem.model.data.DataSet;
import tandem.model.data.MaskFile;
import tandem.model.data.Sample;
import tandem.model.distillation.Task;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.Sampling;
import tandem.model.settings.TrainingSettings;
import tandem.model.train.InitialEncoder;
import tandem.model.train.Trainer;

class AnnotationPoolTest {

    private static final List<String> CLASSES = List.of("one");

    /** Images 0 to 29 with boxes, 20 to 59 with a mask: ten have both. */
    private static DataSet data(boolean everything) {
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            samples.add(new Sample(
                    "i" + i,
                    Path.of("i" + i + ".png"),
                    64,
                    64,
                    everything || i < 30
                            ? Optional.of(List.of(new Box(0, 1, 2, 30, 40 + i % 7, false)))
                            : Optional.empty(),
                    everything || i >= 20
                            ? Optional.of(new MaskFile(Path.of("m" + i + ".png"), List.of(4000L, 96L), 0))
                            : Optional.empty()));
        }
        return new DataSet("train", CLASSES, CLASSES, samples);
    }

    private final AnnotationPool pool = new AnnotationPool(data(false), data(true));

    @Test
    void smallerDrawsArePartsOfLargerOnesAndSeedsDiffer() {
        AnnotationSubset small = pool.draw(5, 7, 3);
        AnnotationSubset large = pool.draw(20, 40, 3);
        assertEquals(5, small.boxes().size());
        assertEquals(7, small.masks().size());
        assertTrue(large.boxes().containsAll(small.boxes()));
        assertTrue(large.masks().containsAll(small.masks()));
        assertEquals(small, pool.draw(5, 7, 3));
        assertNotEquals(small, pool.draw(5, 7, 4));
        assertEquals(small.boxes(), pool.draw(5, 1, 3).boxes(), "one task's draw must not depend on the other's");
        assertThrows(IllegalArgumentException.class, () -> pool.draw(31, 1, 3));
    }

    @Test
    void imagesCarryWhatIsSelectedOfThemAndNothingElse() {
        AnnotationSubset selection = new AnnotationSubset(List.of("i3", "i25", "i28"), List.of("i28", "i40"), false);
        DataSet data = pool.select(selection);
        assertEquals(
                List.of("i3", "i25", "i28", "i40"),
                data.samples().stream().map(Sample::id).toList());
        assertEquals(
                List.of(Annotation.BOXES, Annotation.BOXES, Annotation.BOTH, Annotation.MASK),
                data.samples().stream().map(Sample::annotation).toList());
        assertEquals(
                List.of(Annotation.BOTH, Annotation.BOTH, Annotation.BOTH, Annotation.BOTH),
                pool.select(selection.everything()).samples().stream()
                        .map(Sample::annotation)
                        .toList());
        assertEquals(3, pool.select(selection.only(Task.DETECTION)).boxed());
        assertEquals(0, pool.select(selection.only(Task.DETECTION)).masked());
        assertTrue(pool.isFull(selection));
        assertFalse(new AnnotationPool(data(false), data(false)).isFull(selection));
        assertFalse(new AnnotationPool(data(false), null).isFull(selection));
    }

    private Composer composer(int boxes, int masks, long seed, boolean perTask) {
        TrainingSettings training = TrainingSettings.standard()
                .withBatches(TrainingSettings.standard().batches().withSampling(Sampling.EVEN));
        return new Composer(
                new Recipe(
                        NetworkSettings.small(CLASSES, CLASSES, 64),
                        InitialEncoder.RANDOM,
                        training,
                        AugmentationSettings.none(),
                        1200,
                        perTask,
                        Task.DETECTION,
                        Recipe.Weights.STANDARD),
                pool,
                pool.draw(boxes, masks, seed),
                seed);
    }

    @Test
    void strategiesShareTheStagesThatAreTheSame() {
        Networks single = composer(10, 40, 1, false).compose(Strategy.SINGLE_TASK);
        Networks transfer = composer(10, 40, 1, false).compose(Strategy.TRANSFER);
        assertEquals(single.segmentation(), transfer.segmentation());
        assertEquals(single.segmentation(), transfer.detection().source());
        assertNotEquals(single.detection().key(pool), transfer.detection().key(pool));
        assertEquals(
                single.segmentation(),
                composer(30, 40, 1, false).compose(Strategy.SINGLE_TASK).segmentation(),
                "masks do not depend on how many boxes there are");
        assertNotEquals(
                single.segmentation().key(pool),
                composer(10, 40, 2, false)
                        .compose(Strategy.SINGLE_TASK)
                        .segmentation()
                        .key(pool));
        assertNotEquals(
                composer(10, 40, 1, false)
                        .compose(Strategy.TRANSFER_FROZEN)
                        .detection()
                        .key(pool),
                transfer.detection().key(pool));
        Networks multi = composer(10, 40, 1, false).compose(Strategy.MULTI_TASK);
        assertEquals(1, multi.distinct().size());
    }

    /**
     * 10 boxes and 30 masks alone, even shares: a pass of the network of two tasks is 60 visits, of the others 10 and
     * 30.
     */
    @Test
    void everyReportedNetworkSeesTheSameNumberOfImages() {
        for (boolean perTask : new boolean[] {false, true}) {
            Composer composer = new Composer(
                    composerRecipe(perTask), pool, new AnnotationSubset(ids(0, 10), ids(30, 60), false), 1);
            assertEquals(1200, visits(composer.compose(Strategy.SINGLE_TASK).detection()));
            assertEquals(1200, visits(composer.compose(Strategy.SINGLE_TASK).segmentation()));
            assertEquals(1200, visits(composer.compose(Strategy.TRANSFER_PARTLY).detection()));
            assertEquals(
                    perTask ? 2400 : 1200,
                    visits(composer.compose(Strategy.MULTI_TASK).detection()));
            assertEquals(
                    perTask ? 2400 : 1200,
                    visits(composer.compose(Strategy.MULTI_TASK_FULL).detection()));
        }
    }

    private static List<String> ids(int from, int to) {
        return java.util.stream.IntStream.range(from, to).mapToObj(i -> "i" + i).toList();
    }

    private Recipe composerRecipe(boolean perTask) {
        return new Recipe(
                NetworkSettings.small(CLASSES, CLASSES, 64),
                InitialEncoder.RANDOM,
                TrainingSettings.standard()
                        .withBatches(TrainingSettings.standard().batches().withSampling(Sampling.EVEN)),
                AugmentationSettings.none(),
                1200,
                perTask,
                Task.DETECTION,
                Recipe.Weights.STANDARD);
    }

    private long visits(Stage stage) {
        return Trainer.steps(stage.training(), pool.select(stage.data()))
                * stage.training().batches().size();
    }
}
