package tandem.model.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import tandem.model.settings.OptimizerSettings;
import tandem.model.settings.Sampling;
import tandem.model.settings.TrainingSettings;

class TrainingRecipeTest {

    private static final List<String> CLASSES = List.of("pit", "crack");
    private static final ImageSpread SURFACE = new ImageSpread(32, true, 0.05, 0.1, 0, 0.1);
    private static final ImageSpread FIXED = new ImageSpread(32, false, 0.001, 0.01, 0.01, 0.9);
    private static final Map<String, Double> MASKS = Map.of("background", 0.9, "pit", 0.06, "crack", 0.04);

    private static DataFacts facts(int boxed, int masked, int width, double box, ImageSpread spread) {
        return facts(boxed, masked, width, 1, box, spread);
    }

    private static DataFacts facts(int boxed, int masked, int width, double aspect, double box, ImageSpread spread) {
        return new DataFacts(
                boxed + masked,
                boxed,
                masked,
                width,
                aspect == 1 ? width / 2 : (int) (width / aspect),
                aspect,
                Stream.generate(() -> new DataFacts.BoxSize("pit", box, box))
                        .limit(20)
                        .toList(),
                MASKS,
                spread,
                Optional.empty());
    }

    private static TrainingRecipe fit(
            DataFacts facts, NetworkSettings network, TrainingSettings training, String... given) {
        return TrainingRecipe.fit(facts, network, training, AugmentationSettings.mild(), Set.of(given));
    }

    private static TrainingRecipe fit(DataFacts facts, String... given) {
        return fit(facts, NetworkSettings.small(CLASSES, CLASSES, 224), TrainingSettings.quick(), given);
    }

    private static Choice choice(TrainingRecipe recipe, String option) {
        return recipe.choices().stream()
                .filter(choice -> choice.option().equals(option))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void smallImagesAreNotEnlargedAndLargeOnesReduced() {
        assertEquals(
                PixelSize.square(96),
                fit(facts(50, 50, 90, 0.5, SURFACE)).network().inputSize());
        assertEquals(
                PixelSize.square(224),
                fit(facts(50, 50, 1000, 0.5, SURFACE)).network().inputSize());
    }

    @Test
    void imagesOfOneShapeGetAnInputOfThatShape() {
        TrainingRecipe wide = fit(facts(50, 50, 1920, 1.5, 0.5, SURFACE));
        assertEquals(new PixelSize(288, 192), wide.network().inputSize());
        assertTrue(
                choice(wide, "--size").reason().contains("the shape of the images, 1.50 times as wide as high"),
                choice(wide, "--size").reason());
        assertEquals(
                new PixelSize(160, 320),
                fit(facts(50, 50, 500, 0.5, 0.5, SURFACE)).network().inputSize());
        // Not enlarged, and nearly square.
        assertEquals(
                new PixelSize(128, 64),
                fit(facts(50, 50, 120, 2, 0.5, SURFACE)).network().inputSize());
        assertEquals(
                PixelSize.square(224),
                fit(facts(50, 50, 1000, 1.1, 0.5, SURFACE)).network().inputSize());
        assertEquals(
                PixelSize.square(224),
                fit(facts(50, 50, 1920, 1.5, 0.5, SURFACE), "--size").network().inputSize());
    }

    /** Boxes of a twentieth of the image have 11 pixels at 224, and 16 at 320. */
    @Test
    void smallBoxesNeedALargerInput() {
        TrainingRecipe recipe = fit(facts(50, 50, 1000, 0.05, SURFACE));
        assertEquals(PixelSize.square(320), recipe.network().inputSize());
        assertTrue(choice(recipe, "--size").reason().contains("16 x 16 pixels; at 224 only larger than 11 x 11"));
        assertEquals(List.of(), recipe.warnings());
    }

    @Test
    void boxesThatCannotBeFoundAreReportedByClass() {
        TrainingRecipe recipe = fit(facts(50, 50, 2000, 0.01, SURFACE), "--crops");
        assertEquals(PixelSize.square(512), recipe.network().inputSize());
        assertEquals(1, recipe.warnings().size());
        assertTrue(
                recipe.warnings().get(0).contains("20 of 20 of pit; with --size 1600"),
                recipe.warnings().get(0));
    }

    /** Boxes of 20 pixels have 5 in whole images of 512. */
    @Test
    void partsOfLargeImagesAreUsedWhereBoxesWouldBeTooSmall() {
        TrainingRecipe recipe = fit(facts(50, 50, 2000, 1, 0.01, SURFACE));
        assertTrue(recipe.network().crops(), String.join("\n", recipe.lines()));
        assertEquals(PixelSize.square(224), recipe.network().inputSize());
        assertEquals(PixelSize.square(224), recipe.network().covered().orElseThrow());
        String reason = choice(recipe, "--crops").reason();
        assertTrue(reason.contains("larger than 14 x 14 pixels in the images, but only larger than 5 x 5"), reason);
        assertTrue(choice(recipe, "--epochs").reason().contains("and 8 parts of each"));
        TrainingRecipe large = fit(facts(50, 50, 8000, 1, 0.03, SURFACE));
        assertEquals(PixelSize.square(352), large.network().inputSize(), "boxes of 170 pixels");
        assertFalse(fit(facts(50, 50, 1000, 0.05, SURFACE)).network().crops());
        assertFalse(fit(facts(50, 50, 500, 0.01, SURFACE)).network().crops(), "not larger in the images");
    }

    /**
     * Boxes of 11.2 pixels: at 1 and 3 pixels from the next anchor of the finest level in each direction, the best IoU
     * with the anchors of base 12 is 0.72, 0.52 and 0.52, and 0.42 where both are 3; with those of base 24 it is 11.2^2
     * / 24^2.
     */
    @Test
    void anchorsFitTheBoxes() {
        TrainingRecipe recipe = fit(facts(50, 50, 224, 0.05, SURFACE));
        assertEquals(12, recipe.network().anchorBase());
        assertEquals(
                "anchors then match 75 % of the boxes, with the default of 24 pixels 0 %",
                choice(recipe, "--anchor-base").reason());
        assertEquals(24, fit(facts(50, 50, 224, 0.3, SURFACE)).network().anchorBase());
    }

    @Test
    void theLearningRateFollowsBatchWidthAndOptimizer() {
        DataFacts facts = facts(50, 50, 224, 0.3, SURFACE);
        TrainingSettings quick = TrainingSettings.quick();
        NetworkSettings wide = NetworkSettings.small(CLASSES, CLASSES, 224).withEncoderChannels(64);
        TrainingSettings large = quick.withBatches(quick.batches().withSize(32));
        assertEquals(3e-3, fit(facts).training().schedule().learningRate());
        assertEquals(4.2e-3, fit(facts, wide, large).training().schedule().learningRate(), 1e-12);
        TrainingSettings sgd = quick.withOptimizer(quick.optimizer().withType(OptimizerSettings.Type.SGD));
        TrainingRecipe recipe = fit(facts, wide, sgd, "--optimizer");
        assertEquals(0.01, recipe.training().schedule().learningRate());
        assertEquals(5e-4f, recipe.training().optimizer().weightDecay());
    }

    @Test
    void whatIsGivenStaysAndIsReportedAsGiven() {
        TrainingSettings quick = TrainingSettings.quick();
        TrainingSettings training = quick.withSchedule(
                        quick.schedule().with(change -> change.epochs(3).learningRate(0.5)))
                .withLosses(quick.losses().withDiceWeight(7));
        TrainingRecipe recipe = fit(
                facts(50, 50, 1000, 0.05, SURFACE),
                NetworkSettings.small(CLASSES, CLASSES, 128),
                training,
                "--size",
                "--epochs",
                "--learning-rate",
                "--dice-weight",
                "--average-decay",
                "--flip");
        assertEquals(PixelSize.square(128), recipe.network().inputSize());
        assertEquals(3, recipe.training().schedule().epochs());
        assertEquals(0.5, recipe.training().schedule().learningRate());
        assertEquals(7, recipe.training().losses().diceWeight());
        assertEquals(0, recipe.training().average().share());
        assertTrue(choice(recipe, "--size").given());
        assertFalse(recipe.reasons().containsKey("inputSize"));
        assertFalse(String.join("\n", recipe.lines()).contains("--epochs"));
        assertEquals("2", choice(recipe, "--warmup").value(), "a twentieth of 37 steps");
    }

    @Test
    void rareMasksGetTheDiceLoss() {
        DataFacts usual = facts(50, 50, 224, 0.3, SURFACE);
        assertEquals(0, fit(usual).training().losses().diceWeight());
        DataFacts rare = new DataFacts(
                100,
                50,
                50,
                224,
                224,
                1,
                usual.boxes(),
                Map.of("background", 0.99, "pit", 0.001),
                SURFACE,
                Optional.empty());
        TrainingRecipe recipe = fit(rare);
        assertTrue(recipe.training().losses().diceWeight() > 0);
        assertEquals(
                "the rarest mask class, pit, has 0.10 % of the pixels",
                choice(recipe, "--dice-weight").reason());
    }

    @Test
    void theScarceKindIsRepeatedAndTheLengthFollowsTheImages() {
        assertEquals(
                Sampling.PROPORTIONAL,
                fit(facts(60, 50, 224, 0.3, SURFACE)).training().batches().sampling());
        TrainingRecipe uneven = fit(facts(80, 20, 224, 0.3, SURFACE));
        assertEquals(Sampling.EVEN, uneven.training().batches().sampling());
        assertEquals(138, uneven.training().schedule().epochs(), "22000 visits in passes of 160");
        assertEquals(
                300, fit(facts(5, 5, 224, 0.3, SURFACE)).training().schedule().epochs());
    }

    @Test
    void augmentationFollowsTheCamera() {
        AugmentationSettings fixed = fit(facts(50, 50, 224, 0.3, FIXED)).augmentation();
        assertEquals(0, fixed.flip());
        assertEquals(0, fixed.hue());
        assertEquals(4, fixed.brightness());
        AugmentationSettings surface = fit(facts(50, 50, 224, 0.3, SURFACE)).augmentation();
        assertEquals(0.5, surface.flip());
        assertEquals(13, surface.brightness());
        assertEquals(
                AugmentationSettings.mild(),
                fit(facts(50, 50, 224, 0.3, FIXED), "--no-augmentation").augmentation());
    }
}
