package tandem.model.weights;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.Weights;

/**
 * Loads an encoder from a file with the names that torchvision and timm use, in safetensors or PyTorch format: filters
 * are transposed from (K, C, R, S) into (K, R, S, C), the classifier {@code fc} is left out. The names are those of the
 * variables without {@link #PREFIX}; in the file they may have a common prefix, such as {@code module.}.
 */
public final class TorchvisionImport {

    /** Prefix of the encoder's variables before torchvision's names. */
    public static final String PREFIX = "encoder.";

    private static final String STEM = "conv1.weight";
    private static final String FIRST_BLOCK = "layer1.0.conv1.weight";

    private TorchvisionImport() {}

    /**
     * Sets every encoder variable of {@code weights} from {@code file}.
     *
     * @return names in the file that were not used, {@code fc} and the batch counters included
     * @throws WeightsException when a variable is missing in the file or has another shape; nothing is written then
     */
    public static List<String> load(Path file, Variables variables, Weights weights) throws IOException {
        return importEncoder(file, variables, weights).unused();
    }

    /**
     * The same with a report of every tensor.
     *
     * @throws WeightsException when a variable is missing in the file or has another shape; nothing is written then
     */
    public static ImportReport importEncoder(Path file, Variables variables, Weights weights) throws IOException {
        try (TensorFile source = TensorFile.open(file)) {
            return importEncoder(source, variables, weights);
        }
    }

    /** The same for an open file. */
    public static ImportReport importEncoder(TensorFile source, Variables variables, Weights weights)
            throws IOException {
        List<Tensor> tensors = variables.all().stream()
                .map(Variables.Variable::tensor)
                .filter(tensor -> tensor.name().startsWith(PREFIX))
                .toList();
        if (tensors.isEmpty()) {
            throw new IllegalArgumentException("no variable's name starts with " + PREFIX);
        }
        String prefix = prefix(source);
        ImportReport report = match(source, prefix, tensors);
        if (!report.complete()) {
            throw new WeightsException(source.file() + ": its encoder differs from that of the network: "
                    + String.join("; ", report.lines()) + "; " + advice(source, prefix, tensors));
        }
        List<float[]> values = new ArrayList<>();
        for (Tensor tensor : tensors) {
            values.add(read(source, prefix + name(tensor), tensor.shape()));
        }
        for (int i = 0; i < tensors.size(); i++) {
            weights.write(tensors.get(i), FloatBuffer.wrap(values.get(i)));
        }
        return report;
    }

    private static String name(Tensor tensor) {
        return tensor.name().substring(PREFIX.length());
    }

    /** What all names of the encoder start with in the file. */
    private static String prefix(TensorFile source) {
        return source.names().stream()
                .filter(name -> name.endsWith(FIRST_BLOCK))
                .map(name -> name.substring(0, name.length() - FIRST_BLOCK.length()))
                .filter(prefix -> prefix.isEmpty() || prefix.endsWith("."))
                .findFirst()
                .orElse("");
    }

    private static ImportReport match(TensorFile source, String prefix, List<Tensor> tensors) throws IOException {
        List<String> loaded = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        Map<String, String> otherShape = new LinkedHashMap<>();
        List<String> notes = new ArrayList<>();
        List<String> unused = new ArrayList<>(source.names());
        for (Tensor tensor : tensors) {
            String name = prefix + name(tensor);
            unused.remove(name);
            if (!source.contains(name)) {
                missing.add(name);
                continue;
            }
            int[] expected = fileShape(tensor.shape());
            int[] found = source.shape(name);
            if (Arrays.equals(found, expected)) {
                loaded.add(name);
            } else if (name.equals(prefix + STEM) && Arrays.equals(found, grayStem(expected))) {
                loaded.add(name);
                notes.add(
                        "the first convolution of the file is for gray images: its filters are divided by 3 and repeated "
                                + "for three channels");
            } else {
                otherShape.put(
                        name,
                        "tensor " + name + " has shape " + Arrays.toString(found) + ", expected "
                                + Arrays.toString(expected));
            }
        }
        return new ImportReport(source.file(), loaded, missing, otherShape, unused, notes);
    }

    /** What the file is and how the network can be made the same. */
    private static String advice(TensorFile source, String prefix, List<Tensor> tensors) throws IOException {
        if (!source.contains(prefix + STEM) || source.shape(prefix + STEM).length != 4) {
            return "no ResNet with the names of torchvision was found in it; timm's variants with another stem, such as "
                    + "resnet18d, are not supported";
        }
        int width = source.shape(prefix + STEM)[0];
        int expected = tensors.stream()
                .filter(tensor -> name(tensor).equals(STEM))
                .findFirst()
                .orElseThrow()
                .shape()
                .dim(0);
        boolean bottleneck = source.contains(prefix + "layer1.0.conv3.weight");
        boolean deep = source.contains(prefix + "layer1.2.conv1.weight");
        Optional<String> encoder = bottleneck
                ? source.contains(prefix + "layer3.6.conv1.weight") ? Optional.empty() : Optional.of("resnet50")
                : Optional.of(deep ? "resnet34" : "resnet18");
        return "the file has " + width + " channels after the first convolution, the network " + expected
                + encoder.map(name -> "; train with --encoder " + name + " --encoder-channels " + width)
                        .orElse("; the encoder of the file is deeper than resnet50");
    }

    /** (K, R, S, C) to (K, C, R, S). */
    private static int[] fileShape(Shape shape) {
        return shape.rank() == 4 ? new int[] {shape.dim(0), shape.dim(3), shape.dim(1), shape.dim(2)} : shape.toArray();
    }

    private static int[] grayStem(int[] expected) {
        return new int[] {expected[0], 1, expected[2], expected[3]};
    }

    private static float[] read(TensorFile source, String name, Shape shape) throws IOException {
        int[] expected = fileShape(shape);
        if (shape.rank() != 4) {
            return TensorFile.requireFinite(source.file(), name, source.readAnyFloat(name, expected));
        }
        int k = expected[0];
        int c = expected[1];
        int area = expected[2] * expected[3];
        if (source.shape(name)[1] == c) {
            return channelsLast(
                    TensorFile.requireFinite(source.file(), name, source.readAnyFloat(name, expected)), k, c, area);
        }
        float[] gray = source.readAnyFloat(name, grayStem(expected));
        float[] result = new float[c * gray.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = gray[i / c] / c;
        }
        return result;
    }

    /** (K, C, area) to (K, area, C). */
    static float[] channelsLast(float[] filter, int k, int c, int area) {
        float[] result = new float[filter.length];
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < c; j++) {
                for (int p = 0; p < area; p++) {
                    result[(i * area + p) * c + j] = filter[(i * c + j) * area + p];
                }
            }
        }
        return result;
    }
}
