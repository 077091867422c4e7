package tandem.tools.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import tandem.model.declaration.Component;
import tandem.model.declaration.Labels;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.DistillationSettings;
import tandem.model.settings.FeatureLossType;
import tandem.model.settings.LossSettings;
import tandem.model.settings.TrainingSettings;

/**
 * The table of options in the model's README is made from the options of {@code tandem train}, most of which follow
 * from the declarations of settings.
 */
class OptionTableTest {

    private static final String BEGIN = "<!-- options of tandem train, made by OptionTableTest -->";
    private static final String END = "<!-- end of options -->";
    private static final Path README = Path.of("..", "model", "README.md");
    private static final int FIRST = 20;

    private static CommandSpec train() {
        return new CommandLine(new TrainCommand()).getCommandSpec();
    }

    private static String table() {
        return train().options().stream()
                .filter(option -> option.order() >= FIRST && option.order() < 1000)
                .sorted(Comparator.comparingInt(OptionSpec::order).thenComparing(OptionSpec::longestName))
                .map(OptionTableTest::row)
                .collect(Collectors.joining("\n", "| Option | Meaning |\n| --- | --- |\n", "\n"));
    }

    private static String row(OptionSpec option) {
        String names = List.of(option.names()).stream()
                .map(name -> "`" + name + (option.arity().max() == 0 ? "" : " " + option.paramLabel()) + "`")
                .collect(Collectors.joining(", "));
        String meaning = String.join(" ", option.description())
                .replace("${DEFAULT-VALUE}", String.valueOf(option.defaultValue()))
                .replace("%%", "%")
                .replace("|", "\\|");
        return "| " + names + " | " + meaning + " |";
    }

    /** Run with {@code -Dtandem.write=true} to write the table instead. */
    @Test
    void theReadmeHasThisTable() throws IOException {
        String readme = Files.readString(README);
        int begin = readme.indexOf(BEGIN);
        int end = readme.indexOf(END);
        assertTrue(begin >= 0 && begin < end, README + " has lost its markers");
        String expected = readme.substring(0, begin) + BEGIN + "\n" + table() + readme.substring(end);
        if (Boolean.getBoolean("tandem.write")) {
            Files.writeString(README, expected);
            return;
        }
        assertEquals(
                expected,
                readme,
                "options have changed; write the table again: mvn test -Dtest=OptionTableTest -Dtandem.write=true "
                        + "-Dsurefire.failIfNoSpecifiedTests=false");
    }

    @Test
    void everyDeclaredOptionIsAnOptionOfTheCommandWithALabelAndHelp() {
        CommandSpec train = train();
        int declared = 0;
        for (Class<? extends Record> type : List.of(NetworkSettings.class, TrainingSettings.class)) {
            for (Component component : Component.leaves(type)) {
                for (String name : component.setting().option()) {
                    OptionSpec option = train.findOption(name);
                    assertTrue(option != null, name);
                    assertTrue(
                            option.arity().max() == 0
                                    || !option.paramLabel().isBlank() && option.description()[0].length() > 5,
                            name);
                    if (component.type().isEnum() && option.arity().max() > 0) {
                        Labels.all(component.type())
                                .forEach(label -> assertTrue(
                                        option.description()[0].contains(label), name + " does not explain " + label));
                    }
                    declared++;
                }
            }
        }
        assertTrue(declared > 40, declared + " options");
    }

    private static <T> T parsed(T options, String... arguments) {
        new CommandLine(CommandSpec.create().addMixin("options", CommandSpec.forAnnotatedObject(options)))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .parseArgs(arguments);
        return options;
    }

    @Test
    void optionsSetTheseSettings() {
        List<String> classes = List.of("a");
        assertEquals(
                false,
                parsed(new NetworkOptions(), "--network", "small", "--no-stem-pooling")
                        .settings(classes, classes)
                        .stemPooling());
        assertEquals(
                true, parsed(new NetworkOptions()).settings(classes, classes).stemPooling());
        NetworkSettings standard =
                parsed(new NetworkOptions(), "--network", "standard").settings(classes, classes);
        assertEquals(64, standard.encoderChannels());
        String help =
                List.of(train().findOption("--encoder-channels").description()).toString();
        assertTrue(help.contains("Default: 32 with --network small, 64 with standard."), help);
        assertEquals(
                0.25f,
                parsed(new WeakOptions(), "--pseudo-labels", README.toString(), "--pseudo-quantile", "0.25")
                        .settings()
                        .pseudoLabels()
                        .boxes()
                        .quantile());
        DistillationSettings taught = parsed(
                        new DistillationOptions(),
                        "--teacher-detection",
                        README.toString(),
                        "--imitate",
                        "mse",
                        "--similarity-every",
                        "0")
                .settings(TrainingSettings.standard())
                .distillation();
        assertEquals(FeatureLossType.MSE, taught.features());
        assertEquals(0, taught.similarityEvery());
        assertEquals(null, taught.segmentation());
    }

    /** The names and the values that the command line had before settings were declared. */
    @Test
    void allOptionsThatWereThereAreThere() {
        CommandSpec train = train();
        for (String name :
                ("--network --size --encoder --encoder-channels --stem-pooling --neck --neck-channels --segmentation "
                                + "--segmentation-channels --anchor-base --epochs --batch --micro-batches --rate --lr --optimizer --warmup "
                                + "--momentum --weight-decay --clip --average-decay --sizes --matching --confidence-loss --box-loss "
                                + "--detection-weight --segmentation-weight --freeze --precision --balance --balance-rate --balance-alpha "
                                + "--measure-every --seed --sampling --box-for-mask --box-for-mask-inside --box-for-mask-failure "
                                + "--mask-for-box --mask-for-box-from --pseudo-labels --pseudo-weight --pseudo-score --pseudo-class-score "
                                + "--pseudo-probability --pseudo-class-probability --pseudo-quantile --pseudo-empty --weak-ramp "
                                + "--teacher-detection --teacher-segmentation --teacher-images --imitate --levels --similarity-every "
                                + "--teacher-weight --imitate-weight --temperature --no-labels")
                        .split(" ")) {
            assertTrue(train.findOption(name) != null, name);
        }
        for (String label : List.of("mutual_guide", "MUTUAL_GUIDE", "mg")) {
            assertEquals(
                    LossSettings.Matching.MUTUAL_GUIDE,
                    new CommandLine(new TrainCommand())
                            .setCaseInsensitiveEnumValuesAllowed(true)
                            .parseArgs("--matching", label, "--data", "d", "--val", "v", "--output", "o")
                            .matchedOptionValue("--matching", null));
        }
    }
}
