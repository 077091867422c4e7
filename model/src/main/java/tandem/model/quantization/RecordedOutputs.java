package tandem.model.quantization;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import tandem.engine.Program;
import tandem.engine.Tensor;
import tandem.model.inference.LayerObserver;
import tandem.model.network.FoldedLayer;
import tandem.model.network.Outputs;

/** The outputs of a network for some images, to compare them with those of another precision. */
public final class RecordedOutputs implements LayerObserver {

    /** By kind of output, one array for each batch. */
    private final List<List<float[]>> outputs = new ArrayList<>();

    @Override
    public void observe(Program program, List<FoldedLayer> layers, Outputs found) {
        List<Tensor> tensors = Stream.of(found.location(), found.confidence(), found.segmentation())
                .filter(Objects::nonNull)
                .toList();
        for (int kind = 0; kind < tensors.size(); kind++) {
            Tensor tensor = tensors.get(kind);
            ByteBuffer bytes =
                    ByteBuffer.allocateDirect(Math.toIntExact(tensor.bytes())).order(ByteOrder.nativeOrder());
            program.download(tensor, bytes.duplicate());
            float[] values = new float[(int) tensor.elements()];
            bytes.asFloatBuffer().get(values);
            if (outputs.size() <= kind) {
                outputs.add(new ArrayList<>());
            }
            outputs.get(kind).add(values);
        }
    }

    /**
     * The mean squared difference from {@code reference}, in parts of the variance of the reference, summed over the
     * kinds of outputs.
     *
     * @param reference for the same images
     */
    public double error(RecordedOutputs reference) {
        double sum = 0;
        for (int kind = 0; kind < outputs.size(); kind++) {
            sum += error(outputs.get(kind), reference.outputs.get(kind));
        }
        return sum;
    }

    private static double error(List<float[]> found, List<float[]> expected) {
        double total = 0;
        double squares = 0;
        double differences = 0;
        long count = 0;
        for (int batch = 0; batch < expected.size(); batch++) {
            float[] right = expected.get(batch);
            for (int i = 0; i < right.length; i++) {
                double difference = (double) found.get(batch)[i] - right[i];
                differences += difference * difference;
                squares += (double) right[i] * right[i];
                total += right[i];
            }
            count += right.length;
        }
        double variance = squares - total * total / count;
        return differences == 0 ? 0 : differences / Math.max(variance, Double.MIN_NORMAL);
    }
}
