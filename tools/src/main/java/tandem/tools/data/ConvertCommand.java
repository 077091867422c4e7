package tandem.tools.data;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tandem.model.convert.LayoutConversion;
import tandem.model.data.DataReader;
import tandem.tools.console.LiveLine;

/** {@code tandem convert}: writes a data set in another layout. */
@Command(
        name = "convert",
        description =
                "Writes a data set of any layout that is read in Pascal VOC, COCO or YOLO layout, with its lists.",
        sortOptions = false,
        abbreviateSynopsis = true,
        footer = {
            "",
            "Limits of the layouts: VOC has one mask for each image, so the objects of COCO are merged into one",
            "mask, small objects on top; crowds become difficult boxes and ignored pixels. COCO has no class",
            "masks, so each class of an image becomes one region in annotations/instances_masks.json; ignored",
            "pixels become a crowd, and difficult boxes get \"ignore\". Pose, truncation, parts, keypoints,",
            "captions and annotation ids are lost. An image without annotations is in no COCO file. YOLO has boxes",
            "only: masks, and images that are not annotated with boxes, are left out.",
            "",
            "Example:",
            "  tandem convert VOC --to coco --output COCO"
        })
public final class ConvertCommand implements Callable<Integer> {

    @Parameters(
            paramLabel = "DATA",
            arity = "1",
            description =
                    "Folder of data in any layout that is read (Pascal VOC, COCO, YOLO, labelme, VOC annotation files beside images, "
                            + "images and masks), which is recognized by its content, or one COCO instances file or data.yaml.")
    private Path root;

    @Option(
            names = "--to",
            paramLabel = "LAYOUT",
            required = true,
            order = 1,
            description = "Layout to write: voc, coco, or yolo (boxes only).")
    private LayoutConversion.Layout layout;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            required = true,
            order = 1,
            description = "Folder to write into: empty or absent.")
    private Path output;

    @Mixin
    private ListOptions options;

    @Option(
            names = "--link",
            order = 6,
            description =
                    "Make hard links to the image files instead of copies; both folders must be on the same file system.")
    private boolean link;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        DataReader reader = options.open(root, out);
        LayoutConversion conversion;
        int size;
        try (LiveLine line = LiveLine.on(err)) {
            line.update(0, 1, "reading  annotations");
            conversion = LayoutConversion.read(reader, options.lists(), options.bad());
            size = conversion.data().size();
            conversion.write(layout, output, link, done -> {
                synchronized (line) {
                    line.update(done, size, "writing  image " + done + "/" + size);
                }
            });
        }
        options.bad().notices().forEach(out::println);
        options.skipped().forEach(err::println);
        out.println("%d images (%d with boxes, %d with a mask) and %d lists written to %s"
                .formatted(
                        size,
                        conversion.data().boxed(),
                        conversion.data().masked(),
                        conversion.lists().size(),
                        output));
        return 0;
    }
}
