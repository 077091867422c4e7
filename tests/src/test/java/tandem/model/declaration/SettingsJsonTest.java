package tandem.model.declaration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tandem.model.image.PixelSize;
import tandem.model.network.EncoderType;
import tandem.model.network.Initialization;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.Confidence;
import tandem.model.settings.DistillationSettings;
import tandem.model.settings.DistilledImages;
import tandem.model.settings.FeatureLossType;
import tandem.model.settings.GrabCutMaskSettings;
import tandem.model.settings.LossSettings;
import tandem.model.settings.OptimizerSettings;
import tandem.model.settings.PseudoLabelSettings;
import tandem.model.settings.RegionBoxSettings;
import tandem.model.settings.Sampling;
import tandem.model.settings.TeacherSettings;
import tandem.model.settings.TrainingSettings;

class SettingsJsonTest {

    private static final NetworkSettings NETWORK =
            NetworkSettings.small(List.of("pit"), List.of("scratch", "stain"), 256);

    /** A field of each type, and one that came with version 3. */
    record Small(
            @Setting("5") int count,
            @Setting("0.5") float share,
            @Setting("") List<String> names,
            @Setting("fpn") tandem.model.network.NeckType neck) {}

    record Larger(
            @Setting("5") int count,
            @Setting("0.5") float share,
            @Setting("") List<String> names,
            @Setting("fpn") tandem.model.network.NeckType neck,

            @Setting(value = "0.1", since = 3, implied = "0")
            double smoothing) {}

    /** A component that version 2 has under another name, and one that version 1 has elsewhere too. */
    record Renamed(
            @Setting(value = "5", was = "count", until = 2) int number, Part part) {}

    record Part(
            @Setting(value = "0.5", was = "share", until = 2)
            float ratio,

            @Setting(value = "3", was = "/first") int last) {}

    /** Renamed twice, beside a record that came with version 4. */
    record Twice(
            @Setting(
                    value = "5",
                    was = {"/first", "second"},
                    until = {1, 3})
            int third,

            @Setting(since = 4, value = Setting.NULL) Part later,
            @Setting(since = 4) Younger younger) {}

    record Younger(@Setting(value = "1", implied = "0") int factor) {}

    private static String rejected(String text, Class<? extends Record> type) {
        return assertThrows(IllegalArgumentException.class, () -> SettingsJson.read("run.json", text, type))
                .getMessage();
    }

    @Test
    void aFieldThatWasRenamedTwiceIsReadByTheNameOfItsTime() {
        Twice before = new Twice(7, null, new Younger(0));
        Twice now = new Twice(7, null, new Younger(2));
        assertEquals("{\"schema\":4,\"third\":7,\"later\":null,\"younger\":{\"factor\":2}}", SettingsJson.write(now));
        List<String> notices = new ArrayList<>();
        assertEquals(now, read(SettingsJson.write(now), Twice.class, notices));
        assertEquals(before, read("{\"first\":7}", Twice.class, notices));
        assertEquals(before, read("{\"schema\":2,\"second\":7}", Twice.class, notices));
        assertEquals(before, read("{\"schema\":3,\"second\":7}", Twice.class, notices));
        assertEquals(List.of(), notices);
        assertEquals("run.json: unknown field first", rejected("{\"schema\":2,\"first\":7}", Twice.class));
        assertEquals("run.json: unknown field second", rejected("{\"schema\":4,\"second\":7}", Twice.class));
        assertEquals("{\"second\":7}", SettingsJson.departures(before));
        assertEquals(
                "{\"second\":7,\"younger.factor\":1}",
                SettingsJson.departures(new Twice(7, null, new Younger(1))),
                "the default differs from what earlier builds used");
    }

    @Test
    void anAbsentRecordOfTheFilesVersionIsReported() {
        List<String> notices = new ArrayList<>();
        assertEquals(new Twice(7, null, new Younger(1)), read("{\"schema\":4,\"third\":7}", Twice.class, notices));
        assertEquals(
                List.of(
                        "run.json: no later, the default none is used",
                        "run.json: no younger.factor, the default 1 is used"),
                notices);
        notices.clear();
        TrainingSettings standard = TrainingSettings.standard();
        String text = SettingsJson.write(standard).replace("\"segmentation\":null,", "");
        assertEquals(standard, read(text, TrainingSettings.class, notices));
        assertEquals(List.of("run.json: no distillation.segmentation, the default none is used"), notices);
    }

    @Test
    void filesThatAreNotOneFormatAreRefused() {
        assertEquals(
                "run.json: Small of schema 2.7, which another version wrote; this one reads 1 to 2",
                rejected("{\"schema\":2.7,\"count\":7}", Small.class));
        assertEquals("run.json: not JSON: Duplicate field 'count'", rejected("{\"count\":7,\"count\":8}", Small.class));
        assertEquals(
                "run.json: number is there twice, also by its former name",
                rejected("{\"schema\":2,\"count\":7,\"number\":8}", Renamed.class));
        assertEquals("run.json: part: expected an object, not 3", rejected("{\"first\":9,\"part\":3}", Renamed.class));
    }

    private static String error(String text) {
        return assertThrows(
                        IllegalArgumentException.class,
                        () -> SettingsJson.read("run.json", text, NetworkSettings.class))
                .getMessage();
    }

    /** A component that came later may stand in the file too. */
    @Test
    void networkSettingsAreTheseFields() throws IOException {
        String fields =
                "\"encoder\":\"resnet18\",\"encoderChannels\":32,\"stemPooling\":true,\"neck\":\"fpn\",\"neckChannels\":64,"
                        + "\"segmentation\":\"light\",\"segmentationChannels\":64,\"boxClasses\":[\"pit\"],"
                        + "\"maskClasses\":[\"scratch\",\"stain\"],\"inputSize\":256,\"anchorBase\":24.0,\"maxPixels\":1048576}";
        JsonNode written = new JsonMapper().readTree(SettingsJson.write(NETWORK));
        JsonNode expected = new JsonMapper().readTree("{" + fields);
        expected.fieldNames().forEachRemaining(name -> assertEquals(expected.get(name), written.get(name), name));
        NetworkSettings before = NETWORK.withInitialization(Initialization.PUBLISHED);
        assertEquals(before, SettingsJson.read("run.json", "{\"schema\":3," + fields, NetworkSettings.class));
        String former = fields.replace("inputSize", "inputSide");
        for (String schema : List.of("", "\"schema\":1,", "\"schema\":2,")) {
            assertEquals(before, SettingsJson.read("run.json", "{" + schema + former, NetworkSettings.class));
        }
    }

    @Test
    void smallSettingsAreThisText() {
        Small small = new Small(7, 0.25f, List.of("a", "b"), tandem.model.network.NeckType.PAFPN);
        String text = "{\"schema\":2,\"count\":7,\"share\":0.25,\"names\":[\"a\",\"b\"],\"neck\":\"pafpn\"}";
        assertEquals(text, SettingsJson.write(small));
        assertEquals(small, SettingsJson.read("run.json", text, Small.class));
    }

    @Test
    void trainingSettingsComeBack() {
        TrainingSettings standard = TrainingSettings.standard();
        TrainingSettings settings = standard.withLosses(
                        standard.losses().withMatching(LossSettings.Matching.MUTUAL_GUIDE))
                .withDistillation(DistillationSettings.outputs(
                        TeacherSettings.of("a.safetensors", "ff")
                                .with(change -> change.images(DistilledImages.UNLABELLED)
                                        .temperature(2)
                                        .featureWeight(0)),
                        null))
                .withWeak(standard.weak()
                        .withPseudoLabels(PseudoLabelSettings.of(List.of("b.safetensors"))
                                .withConfidence(
                                        Confidence.above(0.25f)
                                                .withClasses(Map.of("pit", 0.75f))
                                                .withQuantile(0.5f),
                                        Confidence.above(0.9f))))
                .withSeed(1L << 40);
        String text = SettingsJson.write(settings);
        assertTrue(text.contains("\"matching\":\"mutual_guide\"") && text.contains("\"box\":\"balanced_l1\""), text);
        assertEquals(settings, SettingsJson.read("run.json", text, TrainingSettings.class));
    }

    @Test
    void whatDoesNotFitIsNamed() {
        String good = SettingsJson.write(NETWORK);
        assertTrue(error(good.replace("\"inputSize\":256,", "")).contains("inputSize"));
        assertTrue(error(good.replace("{", "{\"inputBreadth\":1,")).contains("unknown field inputBreadth"));
        assertTrue(error(good.replace("256", "250")).contains("multiple of 32"));
        assertEquals(
                "run.json: encoder: 'resnet19' is none of resnet18, resnet34, resnet50",
                error(good.replace("resnet18", "resnet19")));
        assertEquals("run.json: inputSize: null is no pixelsize", error(good.replace("256", "null")));
        assertEquals("run.json: inputSize: 64.5 is no pixelsize", error(good.replace("256", "64.5")));
        assertTrue(error(good.replaceFirst("\"schema\":.", "\"schema\":99"))
                .contains("NetworkSettings of schema 99, which another version wrote; this one reads 1 to "));
        assertTrue(error(good.substring(0, 40)).startsWith("run.json: not JSON"));
        assertTrue(error("[]").startsWith("run.json: "));
        assertTrue(error(null).startsWith("run.json: "));
        String nested = SettingsJson.write(TrainingSettings.standard()).replace("\"momentum\"", "\"momentun\"");
        assertEquals(
                "run.json: unknown field optimizer.momentun",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> SettingsJson.read("run.json", nested, TrainingSettings.class))
                        .getMessage());
    }

    /** The text is what the build before version 2 wrote. */
    @Test
    void theFlatFormatOfVersionOneIsRead() {
        String text =
                "{\"optimizer\":\"adamw\",\"learningRate\":0.002,\"warmupSteps\":7,\"momentum\":0.5,\"weightDecay\":0.01,"
                        + "\"gradientClip\":3.0,\"averageDecay\":0.75,\"averageRamp\":4.0,\"epochs\":3,\"batchSize\":6,\"microBatches\":2,"
                        + "\"sides\":[64,96],\"matching\":\"mg\",\"confidenceLoss\":\"quality\",\"boxLoss\":\"balancedL1\","
                        + "\"detectionWeight\":2.0,\"segmentationWeight\":0.5,\"seed\":5,\"sampling\":\"even\",\"precision\":\"bfloat16\","
                        + "\"distillation\":{\"detection\":{\"file\":\"t\",\"sha256\":\"00\",\"images\":\"labelled\",\"outputWeight\":1.0,"
                        + "\"temperature\":2.0,\"featureWeight\":0.5},\"segmentation\":null,\"supervised\":false,\"features\":\"mse\","
                        + "\"levels\":[0,2],\"automatic\":true,\"similarityEvery\":9},"
                        + "\"weak\":{\"boxForMask\":{\"weight\":0.5,\"iterations\":4,\"border\":0.25,\"leastShare\":0.125,\"mostShare\":0.875,"
                        + "\"failure\":\"fill\",\"inside\":\"grabCut\"},\"maskForBox\":{\"weight\":0.25,\"leastArea\":0.5,\"refineFrom\":3,"
                        + "\"score\":0.375,\"inside\":0.625,\"apart\":0.125,\"covered\":0.25,\"mostBoxes\":12},\"pseudoLabels\":{\"weight\":1.0,"
                        + "\"teachers\":[\"x\"],\"boxes\":{\"least\":0.25,\"classes\":{\"pit\":0.5},\"quantile\":0.125},\"masks\":{\"least\":0.75,"
                        + "\"classes\":{},\"quantile\":0.0},\"empty\":\"leftOut\",\"mostBoxes\":9},\"rampShare\":0.5},"
                        + "\"balance\":{\"method\":\"gradnorm\",\"measureEvery\":5,\"rate\":0.025,\"alpha\":1.5},\"freeze\":{\"stages\":2}}";
        List<String> notices = new ArrayList<>();
        TrainingSettings read = read(text, TrainingSettings.class, notices);
        assertEquals(List.of(), notices);
        assertEquals(OptimizerSettings.Type.ADAMW, read.optimizer().type());
        assertEquals(0.5f, read.optimizer().momentum());
        assertEquals(0.01f, read.optimizer().weightDecay());
        assertEquals(3, read.optimizer().gradientClip());
        assertEquals(0.002, read.schedule().learningRate());
        assertEquals(7, read.schedule().warmupSteps());
        assertEquals(3, read.schedule().epochs());
        assertEquals(0.75f, read.average().decay());
        assertEquals(4, read.average().ramp());
        assertEquals(6, read.batches().size());
        assertEquals(2, read.batches().microBatches());
        assertEquals(PixelSize.squares(64, 96), read.batches().inputSizes());
        assertEquals(Sampling.EVEN, read.batches().sampling());
        assertEquals(LossSettings.Matching.MUTUAL_GUIDE, read.losses().matching());
        assertEquals(LossSettings.ConfidenceLoss.QUALITY, read.losses().confidence());
        assertEquals(LossSettings.BoxLoss.BALANCED_L1, read.losses().box());
        assertEquals(2, read.losses().detectionWeight());
        assertEquals(0.5f, read.losses().segmentationWeight());
        assertEquals(5, read.seed());
        assertEquals("t", read.distillation().detection().file());
        assertEquals(DistilledImages.LABELLED, read.distillation().detection().images());
        assertEquals(null, read.distillation().segmentation());
        assertEquals(false, read.distillation().supervised());
        assertEquals(FeatureLossType.MSE, read.distillation().features());
        assertEquals(true, read.distillation().automaticLevels());
        assertEquals(
                GrabCutMaskSettings.Inside.GRAB_CUT, read.weak().boxForMask().inside());
        assertEquals(0.125f, read.weak().boxForMask().minShare());
        assertEquals(0.875f, read.weak().boxForMask().maxShare());
        assertEquals(0.5f, read.weak().maskForBox().minArea());
        assertEquals(
                RegionBoxSettings.of(0.25f)
                        .with(change -> change.minArea(0.5f)
                                .firstRefinedEpoch(3)
                                .minScore(0.375f)
                                .minInsideShare(0.625f)
                                .maxOverlap(0.125f)
                                .minCoveredShare(0.25f)
                                .maxBoxes(12)),
                read.weak().maskForBox());
        assertEquals(
                Confidence.above(0.25f).withClasses(Map.of("pit", 0.5f)).withQuantile(0.125f),
                read.weak().pseudoLabels().boxes());
        assertEquals(0.75f, read.weak().pseudoLabels().masks().min());
        assertEquals(
                PseudoLabelSettings.EmptyImages.LEFT_OUT,
                read.weak().pseudoLabels().empty());
        assertEquals(9, read.weak().pseudoLabels().maxBoxes());
        assertEquals(0.025f, read.balance().learningRate());
        assertEquals(2, read.freeze().stages());
    }

    /** Builds before these settings trained the whole encoder, with anchors from 24 pixels on. */
    @Test
    void filesOfBuildsWithoutFreezingOrAnchorBaseAreRead() {
        String training = "{\"optimizer\":\"sgd\",\"learningRate\":0.01,\"epochs\":3,\"batchSize\":6}";
        TrainingSettings read = read(training, TrainingSettings.class, new ArrayList<>());
        assertEquals(0, read.freeze().stages());
        assertEquals(6, read.batches().size());
        String network = "{\"encoder\":\"resnet18\",\"encoderChannels\":8,\"stemPooling\":true,\"neck\":\"fpn\","
                + "\"neckChannels\":16,\"segmentation\":\"light\",\"segmentationChannels\":16,"
                + "\"boxClasses\":[\"alpha\"],\"maskClasses\":[\"alpha\"],\"inputSide\":64}";
        NetworkSettings settings = read(network, NetworkSettings.class, new ArrayList<>());
        assertEquals(24, settings.anchorBase());
        assertEquals(PixelSize.square(64), settings.inputSize());
        assertEquals(16, settings.sampleBits());
    }

    @Test
    void anAbsentFieldHasTheDefaultAndIsReported() {
        String text = SettingsJson.write(NETWORK).replace("\"encoder\":\"resnet18\",", "");
        List<String> notices = new ArrayList<>();
        assertEquals(
                EncoderType.RESNET18, read(text, NetworkSettings.class, notices).encoder());
        assertEquals(List.of("run.json: no encoder, the default resnet18 is used"), notices);
    }

    @Test
    void aFieldThatCameLaterHasTheValueThatIsImpliedAndIsNotReported() {
        List<String> notices = new ArrayList<>();
        Small small = new Small(7, 0.25f, List.of("a"), tandem.model.network.NeckType.PAFPN);
        Larger read = read(SettingsJson.write(small), Larger.class, notices);
        assertEquals(0, read.smoothing());
        assertEquals(7, read.count());
        assertEquals(List.of(), notices);
        String text = SettingsJson.write(new Larger(7, 0.25f, List.of(), tandem.model.network.NeckType.FPN, 0.3));
        assertTrue(text.startsWith("{\"schema\":3,"), text);
        assertEquals(
                0.1,
                read(text.replace(",\"smoothing\":0.3", ""), Larger.class, notices)
                        .smoothing());
        assertEquals(List.of("run.json: no smoothing, the default 0.1 is used"), notices);
    }

    @Test
    void aRenamedFieldIsReadByItsFormerNameInFilesOfThatTime() {
        Renamed settings = new Renamed(7, new Part(0.25f, 9));
        String text = "{\"schema\":3,\"number\":7,\"part\":{\"ratio\":0.25,\"last\":9}}";
        assertEquals(text, SettingsJson.write(settings));
        List<String> notices = new ArrayList<>();
        for (String file : List.of(
                text,
                "{\"schema\":2,\"count\":7,\"part\":{\"share\":0.25,\"last\":9}}",
                "{\"count\":7,\"first\":9,\"part\":{\"share\":0.25}}")) {
            assertEquals(settings, read(file, Renamed.class, notices), file);
        }
        assertEquals(List.of(), notices);
        assertEquals(
                "run.json: unknown field count",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> read(text.replace("number", "count"), Renamed.class, notices))
                        .getMessage());
    }

    @Test
    void departuresAreTheSameAfterAFieldWasRenamed() {
        assertEquals(
                "{\"count\":7,\"part.last\":9,\"part.share\":0.25}",
                SettingsJson.departures(new Renamed(7, new Part(0.25f, 9))));
    }

    @Test
    void departuresAreTheSameAfterAFieldWasAdded() {
        Small small = new Small(7, 0.5f, List.of("a"), tandem.model.network.NeckType.PAFPN);
        Larger larger = new Larger(7, 0.5f, List.of("a"), tandem.model.network.NeckType.PAFPN, 0);
        String text = "{\"count\":7,\"names\":[\"a\"],\"neck\":\"pafpn\"}";
        assertEquals(text, SettingsJson.departures(small));
        assertEquals(text, SettingsJson.departures(larger));
        assertEquals("{}", SettingsJson.departures(TrainingSettings.standard()));
        TrainingSettings quick = TrainingSettings.quick();
        assertEquals(
                "{\"average.decay\":0.99,\"average.ramp\":200.0,\"losses.segmentationWeight\":3.0,\"optimizer.type\":\"adamw\","
                        + "\"optimizer.weightDecay\":0.001,\"schedule.learningRate\":6.0E-4,\"schedule.warmupSteps\":50}",
                SettingsJson.departures(quick));
    }

    /** A build before the field computed with the implied value: its results are not those of the default. */
    @Test
    void aDefaultThatIsNotWhatEarlierBuildsUsedDeparts() {
        Larger larger = new Larger(5, 0.5f, List.of(), tandem.model.network.NeckType.FPN, 0.1);
        assertEquals("{\"smoothing\":0.1}", SettingsJson.departures(larger));
        String kaiming = SettingsJson.departures(NETWORK);
        String published = SettingsJson.departures(NETWORK.withInitialization(Initialization.PUBLISHED));
        assertEquals(published, kaiming.replace("\"initialization\":\"kaiming\",", ""));
        assertNotEquals(published, kaiming);
    }

    @Test
    void aLabelIsTheSameEverywhereAndOldOnesAreAliases() {
        assertEquals("mutual_guide", Labels.of(LossSettings.Matching.MUTUAL_GUIDE));
        for (String label : List.of("mutual_guide", "MUTUAL_GUIDE", "mg", "MG")) {
            assertEquals(LossSettings.Matching.MUTUAL_GUIDE, Labels.parse(LossSettings.Matching.class, label));
        }
        assertEquals(
                "'x' is none of iou, mutual_guide",
                assertThrows(IllegalArgumentException.class, () -> Labels.parse(LossSettings.Matching.class, "x"))
                        .getMessage());
    }

    private static <T extends Record> T read(String text, Class<T> type, List<String> notices) {
        try {
            return SettingsJson.read("run.json", new JsonMapper().readTree(text), type, notices::add);
        } catch (IOException problem) {
            throw new AssertionError(problem);
        }
    }

    @Test
    void theVersionOfNetworkSettingsIsThatOfTheirDeclarations() {
        assertEquals(SettingsJson.schema(NetworkSettings.class), NetworkSettings.SCHEMA);
    }

    @Test
    void treesAreThoseOfTheMapper() throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        for (String text : List.of(
                "{\"a\": [1, -2147483648, 2147483648, 9223372036854775808, 1.5, -0.0, 1e300, 1e999], \"b\": {}}",
                "[true, false, null, \"\\u00e9\\n\", [], [[{\"c\": \"d\"}]]]",
                "7",
                "\"text\"",
                "",
                "  ")) {
            assertEquals(mapper.readTree(text), JsonTree.of(text), text);
            assertEquals(mapper.readTree(text), JsonTree.first(text), text);
        }
        for (String wrong :
                List.of("{", "[1", "{\"a\"}", "{\"a\": 1, \"a\": 2}", "]", "nul", "{,}", "1 2", "{} {}", "NaN")) {
            assertThrows(JsonProcessingException.class, () -> JsonTree.of(wrong), wrong);
        }
        assertEquals(mapper.readTree("{}"), JsonTree.first("{} {}"));
    }
}
