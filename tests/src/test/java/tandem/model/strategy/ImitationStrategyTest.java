package tandem.model.strategy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tandem.model.data.Box;
import tandem.model.data.DataSet;
import tandem.model.data.Sample;
import tandem.model.distillation.Task;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.DistillationSettings;
import tandem.model.settings.FeatureLossType;
import tandem.model.settings.TrainingSettings;
import tandem.model.train.InitialEncoder;

class ImitationStrategyTest {

    @Test
    void outputsAndFeatureMapsOfBothSingleNetworks() {
        Sample sample = new Sample(
                "i", Path.of("i.png"), 64, 64, Optional.of(List.of(new Box(0, 1, 2, 30, 40, false))), Optional.empty());
        DataSet data = new DataSet("any", List.of("a"), List.of("b"), List.of(sample));
        AnnotationPool pool = new AnnotationPool(data, data);
        Recipe recipe = new Recipe(
                NetworkSettings.small(List.of("a"), List.of("b"), 64),
                InitialEncoder.RANDOM,
                TrainingSettings.quick(),
                AugmentationSettings.none(),
                10,
                false,
                Task.DETECTION,
                new Recipe.Weights(1, 0.5f, 2));
        Composer composer = new Composer(recipe, pool, new AnnotationSubset(List.of("i"), List.of("i"), false), 0);
        Networks networks = composer.compose(Strategy.MULTI_TASK_IMITATION);
        Stage stage = networks.detection();
        assertSame(stage, networks.segmentation());
        DistillationSettings settings = stage.training().distillation();
        assertEquals(FeatureLossType.PDF, settings.features());
        assertEquals(List.of(), settings.levels());
        assertEquals(2, settings.detection().featureWeight());
        assertEquals(2, settings.segmentation().outputWeight());
        assertEquals(
                Map.of(
                        Task.DETECTION, composer.single(Task.DETECTION),
                        Task.SEGMENTATION, composer.single(Task.SEGMENTATION)),
                stage.teachers());
        DistillationSettings outputs = composer.compose(Strategy.MULTI_TASK_DISTILLATION)
                .detection()
                .training()
                .distillation();
        assertEquals(FeatureLossType.NONE, outputs.features());
        assertEquals(0, outputs.detection().featureWeight());
        assertNotEquals(
                stage.key(pool),
                composer.compose(Strategy.MULTI_TASK_DISTILLATION).detection().key(pool));
    }
}
