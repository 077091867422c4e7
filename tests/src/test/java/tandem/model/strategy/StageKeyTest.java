package tandem.model.strategy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.TrainingSettings;

class StageKeyTest {

    /**
     * The digest was computed by {@code sha256sum} over what departs from the defaults. When it changes, every finished
     * stage of every study is trained again: a new setting must not do that.
     */
    @Test
    void finishedStagesKeepTheirKey() {
        Stage stage = new Stage(
                "any",
                NetworkSettings.small(List.of("a"), List.of("b"), 64),
                TrainingSettings.quick().withSeed(3),
                AugmentationSettings.none(),
                new AnnotationSubset(List.of(), List.of(), false));
        assertEquals(
                "2f5d4b48d598c2c28bbb1236568354681e168c137b1d1d8b44fb7eed06918243",
                AnnotationPool.sha256(stage.settings()));
    }
}
