package tandem.tools.onnx;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tandem.engine.Device;
import tandem.engine.cpu.CpuDevice;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.inference.FoldedModel;
import tandem.tools.InputException;

/** {@code tandem export}: a trained network in another format. */
@Command(
        name = "export",
        description = "Writes a trained network as an ONNX file (operator set " + OnnxGraph.OPSET
                + "): from frames of bytes to boxes and masks in pixels of the frame, for any batch size. Class names, "
                + "thresholds, input size and scaling are its metadata.",
        sortOptions = false,
        abbreviateSynopsis = true,
        footer = {
            "",
            "Example:",
            "  tandem export runs/first/best.safetensors --frame 1280x960 --pixels gray --nms -o part.onnx"
        })
public final class ExportCommand implements Callable<Integer> {

    /** Formats of exported files. */
    enum Format {
        /** Open Neural Network Exchange. */
        ONNX
    }

    @Parameters(paramLabel = "MODEL", arity = "1", description = "A checkpoint made by training.")
    private Path model;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            required = true,
            order = 0,
            description = "File to write; its folder is created if absent.")
    private Path output;

    @Option(
            names = "--format",
            paramLabel = "NAME",
            defaultValue = "onnx",
            order = 1,
            description = "onnx. Default: ${DEFAULT-VALUE}.")
    private Format format;

    @Option(
            names = "--frame",
            paramLabel = "WxH",
            order = 2,
            description =
                    "Columns and rows of all frames, such as 1280x960. Default: any size within the network's limit "
                            + "of pixels (metadata max_pixels); larger frames need this option.")
    private String frame;

    @Option(
            names = "--pixels",
            paramLabel = "NAME",
            defaultValue = "rgb",
            order = 3,
            description = "Channels of a frame: gray, rgb or bgr. Default: ${DEFAULT-VALUE}.")
    private FrameFormat pixels;

    @Option(
            names = "--nms",
            order = 4,
            description = "Add non-maximum suppression; without it, the file outputs the box of every anchor.")
    private boolean suppress;

    @Option(
            names = "--score",
            paramLabel = "X",
            defaultValue = "0.05",
            order = 5,
            description = "Min score of a detection. Default: ${DEFAULT-VALUE}.")
    private float score;

    @Option(
            names = "--iou",
            paramLabel = "X",
            defaultValue = "0.5",
            order = 6,
            description = "Max overlap (IoU) of two detections of a class. Default: ${DEFAULT-VALUE}.")
    private float iou;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (Files.isDirectory(output)) {
            throw new InputException("--output " + output + " is a folder; give the file to write");
        }
        Path folder = output.toAbsolutePath().getParent();
        for (Path above = folder; above != null; above = above.getParent()) {
            if (Files.exists(above) && !Files.isDirectory(above)) {
                throw new InputException("--output " + output + ": " + above + " is a file, not a folder");
            }
        }
        byte[] bytes;
        int quantized;
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
                FoldedModel folded = FoldedModel.load(model, device)) {
            bytes = OnnxExport.model(folded, options());
            quantized = folded.quantized().names().size();
        }
        Files.createDirectories(folder);
        Path temporary = output.resolveSibling(output.getFileName() + ".part");
        try {
            Files.write(temporary, bytes);
            Files.move(temporary, output, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (quantized > 0) {
            out.println(quantized + " layers of " + model + " are in int8; all are exported in float32");
        }
        out.printf("%s: ONNX, operator set %d, %d KiB%n", output, OnnxGraph.OPSET, (bytes.length + 1023) / 1024);
        out.flush();
        return 0;
    }

    private OnnxExport.Options options() {
        NonMaximumSuppression.Settings usual = NonMaximumSuppression.Settings.DEFAULT;
        try {
            return new OnnxExport.Options(
                    pixels,
                    frame == null ? null : FrameSize.of(frame),
                    suppress,
                    new NonMaximumSuppression.Settings(
                            score, iou, usual.candidates(), usual.detections(), usual.classAgnostic()));
        } catch (IllegalArgumentException problem) {
            throw new InputException(problem.getMessage());
        }
    }
}
