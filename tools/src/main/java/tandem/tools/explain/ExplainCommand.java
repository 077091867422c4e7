package tandem.tools.explain;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tandem.engine.Device;
import tandem.model.data.DataException;
import tandem.model.data.DecodedImage;
import tandem.model.data.ImageDecoder;
import tandem.model.data.PixelLimit;
import tandem.model.explain.Explainer;
import tandem.model.explain.MapName;
import tandem.model.image.PixelSize;
import tandem.model.inference.FoldedModel;
import tandem.model.network.NetworkSettings;
import tandem.tools.DeviceOption;
import tandem.tools.InputException;
import tandem.tools.OutputOption;
import tandem.tools.UniqueFileNames;
import tandem.tools.console.LiveLine;
import tandem.tools.predict.ImagePaths;
import tandem.tools.predict.PredictionInput;
import tandem.tools.report.HtmlReport;
import tandem.tools.report.Report;
import tandem.tools.report.Section;

/** {@code tandem explain}: Grad-CAM heat maps of a network on images. */
@Command(
        name = "explain",
        description =
                "Computes Grad-CAM heat maps of the class scores: for each class one map for its boxes and one for its pixels, over the "
                        + "same image, and the activation strength of the feature maps. Writes explain.html and PNG files into the output folder.",
        sortOptions = false,
        abbreviateSynopsis = true,
        footer = {
            "",
            "Example:",
            "  tandem explain --weights runs/first/checkpoint.safetensors --output runs/explain part-17.jpg"
        })
public final class ExplainCommand implements Callable<Integer> {

    /** Name of the report in the output folder. */
    static final String PAGE = "explain.html";

    @Mixin
    private PredictionInput input;

    @Mixin
    private OutputOption output;

    @Option(
            names = "--classes",
            paramLabel = "NAME",
            split = ",",
            order = 2,
            description =
                    "Classes to explain. Default: the classes found in the image, or the most probable class if none is found.")
    private List<String> classes;

    @Option(
            names = "--score",
            paramLabel = "X",
            defaultValue = "0.3",
            order = 3,
            description = "Minimum score for a box class to count as found. Default: ${DEFAULT-VALUE}.")
    private double score;

    @Option(
            names = "--maps",
            paramLabel = "NAME",
            split = ",",
            order = 4,
            description = {
                "Feature maps to use: encoder.N or neck.N, N = 0 is the finest level; neck means all levels of the neck combined.",
                "Default: neck and the coarsest level of the encoder."
            })
    private List<String> maps;

    @Mixin
    private DeviceOption device;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        ImagePaths given = input.images(output.path());
        given.passedOver().ifPresent(err::println);
        List<Path> paths = given.images();
        List<String> names = given.names();
        Path folder = output.make();
        List<Section> sections = new ArrayList<>();
        UniqueFileNames files = new UniqueFileNames();
        NetworkSettings settings;
        try (Device machine = device.open(err);
                FoldedModel model = FoldedModel.load(input.weights(), machine);
                LiveLine line = LiveLine.on(err)) {
            settings = model.network().settings();
            List<MapName> wanted = maps(settings);
            Set<String> chosen = chosen(settings);
            for (int i = 0; i < paths.size(); i++) {
                DecodedImage image = decode(paths.get(i), model.network().settings(), input.limit());
                PixelSize crop = settings.inputSize();
                if (settings.crops() && (image.width() > crop.width() || image.height() > crop.height())) {
                    throw new InputException(names.get(i) + " has " + image.width() + " x " + image.height()
                            + " pixels, and the network was trained on crops of " + crop.width() + " x "
                            + crop.height() + "; give parts of images of at most this size");
                }
                try (Explainer explainer = new Explainer(model, image.width() * image.height())) {
                    explainer.run(image);
                    sections.addAll(
                            new Panels(explainer, image, folder, names.get(i), files).make(wanted, chosen, score));
                }
                line.update(i + 1, paths.size(), "image " + (i + 1) + "/" + paths.size());
            }
        }
        HtmlReport.write(
                folder.resolve(PAGE),
                new Report(
                        "Grad-CAM heat maps",
                        input.weights().getFileName() + " on " + paths.size()
                                + (paths.size() == 1 ? " image" : " images")
                                + "; each heat map has its own scale, from dark (0) to yellow (its maximum)",
                        List.of(),
                        sections));
        out.println("results: " + folder + "; report: " + folder.resolve(PAGE));
        out.flush();
        return 0;
    }

    private List<MapName> maps(NetworkSettings settings) {
        if (maps == null) {
            return MapName.standard(settings);
        }
        try {
            return maps.stream().map(name -> MapName.parse(name, settings)).toList();
        } catch (IllegalArgumentException problem) {
            throw new InputException("--maps: " + problem.getMessage());
        }
    }

    private Set<String> chosen(NetworkSettings settings) {
        Set<String> known = new LinkedHashSet<>(settings.boxClasses());
        known.addAll(settings.maskClasses());
        for (String name : classes == null ? List.<String>of() : classes) {
            if (!known.contains(name)) {
                throw new InputException("--classes: the network has no class " + name + "; its classes are "
                        + String.join(", ", known));
            }
        }
        return classes == null ? Set.of() : new LinkedHashSet<>(classes);
    }

    private static DecodedImage decode(Path file, NetworkSettings settings, PixelLimit limit) throws IOException {
        try {
            return ImageDecoder.decode(file, settings.sampleBits(), limit);
        } catch (DataException problem) {
            throw new InputException(problem.getMessage());
        }
    }
}
