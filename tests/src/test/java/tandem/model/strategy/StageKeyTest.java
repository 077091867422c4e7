package tandem.model.strategy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tandem.model.data.Box;
import tandem.model.data.DataSet;
import tandem.model.data.Sample;
import tandem.model.distillation.Task;
import tandem.model.network.Initialization;
import tandem.model.network.NetworkSettings;
import tandem.model.pretraining.ShippedWeights;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.TrainingSettings;
import tandem.model.train.InitialEncoder;

class StageKeyTest {

    /**
     * The digest was computed by {@code sha256sum} over what departs from the defaults. When it changes, every finished
     * stage of every study is trained again: a new setting must not do that. Those stages had the published initial
     * weights, the only ones when they were trained.
     */
    @Test
    void finishedStagesKeepTheirKey() {
        Stage stage = new Stage(
                "any",
                NetworkSettings.small(List.of("a"), List.of("b"), 64).withInitialization(Initialization.PUBLISHED),
                TrainingSettings.quick().withSeed(3),
                AugmentationSettings.none(),
                new AnnotationSubset(List.of(), List.of(), false),
                InitialEncoder.RANDOM);
        assertEquals(
                "2f5d4b48d598c2c28bbb1236568354681e168c137b1d1d8b44fb7eed06918243",
                AnnotationPool.sha256(stage.settings()));
    }

    /** Otherwise a study would take networks that started from the published weights for results of the new default. */
    @Test
    void aStageWithOtherInitialWeightsThanThoseHasAnotherKey() {
        Stage published = stage(3, null, Map.of(), Map.of());
        Stage kaiming = new Stage(
                "any",
                published.network().withInitialization(Initialization.KAIMING),
                published.training(),
                published.augmentation(),
                published.data(),
                InitialEncoder.RANDOM);
        assertEquals(
                published.settings().replace("\"inputSide\":64", "\"initialization\":\"kaiming\",\"inputSide\":64"),
                kaiming.settings());
    }

    /** The whole key, which names the folder of a stage: it covers data, source, teachers and labelers. */
    @Test
    void aStageWithSourceTeacherAndLabelerKeepsItsKey() {
        DataSet data = new DataSet(
                "any",
                List.of("a"),
                List.of("b"),
                List.of(new Sample(
                        "i",
                        Path.of("i.png"),
                        64,
                        64,
                        Optional.of(List.of(new Box(0, 1, 2, 30, 40, false))),
                        Optional.empty())));
        AnnotationPool pool = new AnnotationPool(data, data);
        Stage other = stage(1, null, Map.of(), Map.of());
        Stage stage = stage(3, other, Map.of(Task.DETECTION, other), Map.of(Task.SEGMENTATION, other));
        assertEquals("bb89769cb93b364d", other.key(pool));
        assertEquals("22f69c41c7d57cac", stage.key(pool));
        assertEquals("any-22f69c41c7d57cac", stage.folder(pool));
    }

    /** Each other start is another stage; the transferred network starts from its source whatever the start. */
    @Test
    void aStageHasTheDigestOfItsInitialEncoderInItsKey() {
        DataSet data = new DataSet(
                "any",
                List.of("a"),
                List.of("b"),
                List.of(new Sample("i", Path.of("i.png"), 64, 64, Optional.of(List.of()), Optional.empty())));
        AnnotationPool pool = new AnnotationPool(data, data);
        Stage random = stage(1, null, Map.of(), Map.of());
        Stage shipped = random.withInitial(new InitialEncoder.Shipped(new ShippedWeights(new byte[] {1, 2})));
        Stage file = random.withInitial(new InitialEncoder.FromFile(Path.of("x.pth"), "34cd"));
        Stage sameFile = random.withInitial(new InitialEncoder.FromFile(Path.of("y.pth"), "34cd"));
        assertNotEquals(random.key(pool), shipped.key(pool));
        assertNotEquals(file.key(pool), shipped.key(pool));
        assertEquals(file.key(pool), sameFile.key(pool), "the content of the file counts, not its name");
        assertNotEquals(
                random.withSource(random).key(pool), random.withSource(shipped).key(pool));
    }

    private static Stage stage(long seed, Stage source, Map<Task, Stage> teachers, Map<Task, Stage> labelers) {
        return new Stage(
                "any",
                NetworkSettings.small(List.of("a"), List.of("b"), 64).withInitialization(Initialization.PUBLISHED),
                TrainingSettings.quick().withSeed(seed),
                AugmentationSettings.none(),
                new AnnotationSubset(List.of("i"), List.of(), false),
                InitialEncoder.RANDOM,
                source,
                teachers,
                labelers);
    }
}
