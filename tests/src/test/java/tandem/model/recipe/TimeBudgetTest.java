package tandem.model.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tandem.model.audit.ImageSpread;
import tandem.model.image.PixelSize;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.TrainingSettings;

class TimeBudgetTest {

    private static final List<String> CLASSES = List.of("pit");
    /** 15 images/s at 224 pixels, for five minutes. */
    private static final TimeBudget SLOW = new TimeBudget(300, 1 / 15.0, PixelSize.square(224));

    private static final TimeBudget FAST = new TimeBudget(300, 1 / 1500.0, PixelSize.square(224));

    private static TrainingRecipe fit(double box, boolean boxes, TimeBudget time, String... given) {
        DataFacts facts = new DataFacts(
                600,
                boxes ? 600 : 0,
                boxes ? 0 : 600,
                200,
                200,
                1,
                Stream.generate(() -> new DataFacts.BoxSize("pit", box, box))
                        .limit(20)
                        .toList(),
                Map.of("background", 0.9, "pit", 0.1),
                new ImageSpread(32, true, 0.05, 0.1, 0, 0.1),
                Optional.empty());
        return TrainingRecipe.fit(
                facts,
                NetworkSettings.small(boxes ? CLASSES : List.of(), boxes ? List.of() : CLASSES, 224),
                TrainingSettings.quick(),
                AugmentationSettings.mild(),
                Set.of(given),
                Optional.of(time));
    }

    private static Choice choice(TrainingRecipe recipe, String option) {
        return recipe.choices().stream()
                .filter(choice -> choice.option().equals(option))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theTimeOfAnImageGrowsWithItsPixels() {
        assertEquals(15, SLOW.speed(PixelSize.square(224)), 1e-9);
        assertEquals(60, SLOW.speed(PixelSize.square(112)), 1e-9);
        assertEquals(7.5, SLOW.passes(PixelSize.square(224), 600), 1e-9);
        assertEquals(30, SLOW.passes(PixelSize.square(112), 600), 1e-9);
        assertEquals(
                "this machine does 15 images/s at 224 pixels: 7.5 passes in 5.0 minutes",
                SLOW.text(PixelSize.square(224), 600));
        assertThrows(IllegalArgumentException.class, () -> new TimeBudget(0, 1, PixelSize.square(224)));
    }

    /** 7.5 passes at 224 pixels, 10.2 at 192. */
    @Test
    void fewPassesReduceTheInput() {
        TrainingRecipe recipe = fit(0.5, false, SLOW);
        assertEquals(PixelSize.square(192), recipe.network().inputSize());
        assertEquals(
                "this machine does 15 images/s at 224 pixels: 7.5 passes in 5.0 minutes, at 192 pixels 10",
                choice(recipe, "--size").reason());
        assertEquals(11, recipe.training().schedule().epochs());
        assertEquals(
                "this machine does 20 images/s at 192 pixels: 10 passes in 5.0 minutes; the schedule ends with the time",
                choice(recipe, "--epochs").reason());
        TrainingRecipe brief = fit(0.5, false, new TimeBudget(120, 1 / 15.0, PixelSize.square(224)));
        assertEquals(PixelSize.square(128), brief.network().inputSize(), "at 160 pixels 5.9 passes, at 128 9.2");
    }

    @Test
    void aFastMachineKeepsTheUsualSettings() {
        TrainingRecipe recipe = fit(0.5, false, FAST);
        assertEquals(PixelSize.square(224), recipe.network().inputSize());
        assertEquals(8, recipe.training().batches().size());
        assertEquals(750, recipe.training().schedule().epochs());
        assertEquals(AugmentationSettings.mild().crop(), recipe.augmentation().crop());
        assertEquals(
                "the run uses each image about 750 times",
                choice(recipe, "--crop").reason());
    }

    /** A box of 0.051 of the image has 8.2 pixels at 160 and 6.5 at 128. */
    @Test
    void theInputStaysLargeEnoughForTheBoxes() {
        assertEquals(
                PixelSize.square(160),
                fit(0.051, true, new TimeBudget(60, 1 / 15.0, PixelSize.square(224)))
                        .network()
                        .inputSize());
        assertEquals(
                PixelSize.square(128),
                fit(0.5, true, new TimeBudget(60, 1 / 15.0, PixelSize.square(224)))
                        .network()
                        .inputSize());
    }

    @Test
    void whatIsGivenStays() {
        TrainingRecipe recipe = fit(0.5, false, SLOW, "--size", "--batch", "--crop", "--photometric", "--epochs");
        assertEquals(PixelSize.square(224), recipe.network().inputSize());
        assertEquals(8, recipe.training().batches().size());
        assertEquals(AugmentationSettings.mild().crop(), recipe.augmentation().crop());
        assertEquals(
                TrainingSettings.quick().schedule().epochs(),
                recipe.training().schedule().epochs());
        assertTrue(choice(recipe, "--size").given());
        assertFalse(String.join("\n", recipe.lines()).contains("this machine"), "no reason for what is given");
    }

    /** 25 passes: half of the way from 10, where images are not changed, to 40. */
    @Test
    void anImageThatIsUsedRarelyIsChangedRarely() {
        AugmentationSettings mild = AugmentationSettings.mild();
        AugmentationSettings rare = fit(0.5, false, new TimeBudget(1000, 1 / 15.0, PixelSize.square(224)))
                .augmentation();
        assertEquals(mild.crop() / 2, rare.crop(), 0.005);
        assertEquals(mild.photometric() / 2, rare.photometric(), 0.005);
        assertEquals(mild.flip(), rare.flip());
        AugmentationSettings none = fit(0.5, false, new TimeBudget(60, 1 / 15.0, PixelSize.square(224)))
                .augmentation();
        assertEquals(0, none.crop());
        assertEquals(0, none.photometric());
    }
}
