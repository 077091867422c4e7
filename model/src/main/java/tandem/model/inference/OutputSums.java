package tandem.model.inference;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tandem.engine.Graph;
import tandem.engine.KernelOperation;
import tandem.engine.Program;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.kernels.Catalogue;
import tandem.kernels.KernelEntry;
import tandem.model.network.Outputs;

/**
 * Partial sums of the squares of a network's outputs, computed on the device: one of them is not finite where an output
 * is not finite, or above 1.8e19. Boxes and masks would then be empty, as if there was nothing in the image.
 */
final class OutputSums {

    private static final String KERNEL = "gradient_norm_partials";
    /** Of the kernel. */
    private static final int ELEMENTS_PER_THREAD = 64;

    private final List<Tensor> sums = new ArrayList<>();
    private final ByteBuffer values;

    private OutputSums(Graph graph, Outputs outputs) {
        Stream.of(outputs.location(), outputs.confidence(), outputs.segmentation())
                .filter(java.util.Objects::nonNull)
                .forEach(output -> sums.add(of(graph, output)));
        int largest = sums.stream()
                .mapToInt(tensor -> (int) tensor.shape().elements())
                .max()
                .orElse(0);
        values = ByteBuffer.allocateDirect(Float.BYTES * largest).order(ByteOrder.nativeOrder());
    }

    /** Appends the sums of all outputs. */
    static OutputSums of(Graph graph, Outputs outputs) {
        return new OutputSums(graph, outputs);
    }

    private static Tensor of(Graph graph, Tensor output) {
        int elements = Math.toIntExact(output.shape().elements());
        KernelEntry kernel = Catalogue.find(KERNEL);
        int blocks = kernel.blockCount(elements, ELEMENTS_PER_THREAD);
        Tensor sums = graph.activation("output_sums", Shape.of(blocks));
        KernelOperation.named("output_sums")
                .reads(output)
                .writes(sums)
                .launchBlocks(KERNEL, blocks, output, sums, elements)
                .appendTo(graph);
        graph.keep(sums);
        return sums;
    }

    /** Whether all outputs of the last run were finite. Allocates nothing. */
    boolean areFinite(Program program) {
        boolean finite = true;
        for (int i = 0; i < sums.size(); i++) {
            int count = (int) sums.get(i).shape().elements();
            values.clear().limit(Float.BYTES * count);
            program.download(sums.get(i), values);
            for (int j = 0; j < count; j++) {
                finite &= Float.isFinite(values.getFloat(Float.BYTES * j));
            }
        }
        return finite;
    }
}
