package tandem.model.detection;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.KernelOperation;
import tandem.engine.KernelOperation.Scratch;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.kernels.Grid;

/**
 * The launches that every detection loss has in common: partial sums by a kernel of the family, whose blocks belong to
 * one image each, then one block that adds them up and divides.
 *
 * @param name prefix of the family's kernels
 * @param prediction what the loss is differentiated by
 * @param others the kernels' further tensors, in their order
 * @param weights (N, 2) per-image weights; the first column counts
 * @param elements of the prediction that a block looks at
 */
record ImageLoss(String name, Tensor prediction, List<Tensor> others, Tensor weights, int perImage, int elements) {

    private static final int THREADS = 256;

    private int images() {
        return prediction.shape().side(0);
    }

    private int blocksPerImage() {
        return (perImage + elements - 1) / elements;
    }

    /**
     * Appends the loss.
     *
     * @param scale what the normalised sum is multiplied by
     * @param backwardByImage whether the backward kernel's blocks belong to one image each; otherwise it has a thread
     *     for each {@code perImage} element and takes their total
     * @param numbers the forward kernel's arguments between the tensors and the number of blocks
     */
    Tensor append(Graph graph, float scale, boolean backwardByImage, Object... numbers) {
        DetectionShapes.require(weights, DataType.FLOAT32, images(), 2);
        Tensor loss = graph.activation(name, Shape.of());
        Tensor factor = graph.activation(name + "_factor", Shape.of());
        int blocks = images() * blocksPerImage();
        KernelOperation operation = KernelOperation.named(name)
                .reads(prediction)
                .reads(others.toArray(Tensor[]::new))
                .reads(weights)
                .writes(loss, factor);
        Scratch partials = operation.scratch(8L * blocks);
        List<Object> arguments = new ArrayList<>(tensors());
        arguments.add(partials);
        arguments.addAll(Arrays.asList(numbers));
        arguments.add(blocksPerImage());
        operation
                .launch(name + "_forward", Grid.of(blocks, THREADS), arguments.toArray())
                .launch("detection_loss_finish", Grid.of(1, THREADS), partials, loss, factor, scale, blocks)
                .gradient((g, upstream, wanted) ->
                        differentiate(g, factor, upstream.get(0), wanted, backwardByImage, numbers))
                .appendTo(graph);
        return loss;
    }

    private List<Tensor> tensors() {
        List<Tensor> all = new ArrayList<>();
        all.add(prediction);
        all.addAll(others);
        all.add(weights);
        return all;
    }

    private List<Tensor> differentiate(
            Graph graph, Tensor factor, Tensor upstream, boolean[] wanted, boolean byImage, Object[] numbers) {
        List<Tensor> gradients = new ArrayList<>(Collections.nCopies(tensors().size(), null));
        if (!wanted[0] || upstream == null) {
            return gradients;
        }
        Tensor gradient = graph.activation(prediction.name() + "_gradient", prediction.shape());
        gradients.set(0, gradient);
        List<Object> arguments = new ArrayList<>(tensors());
        arguments.addAll(List.of(factor, upstream, gradient));
        arguments.addAll(Arrays.asList(numbers));
        int threads = images() * perImage;
        arguments.add(byImage ? blocksPerImage() : threads);
        Grid grid = byImage ? Grid.of(images() * blocksPerImage(), THREADS) : Grid.forElements(threads, THREADS);
        KernelOperation.named(name + "_backward")
                .reads(tensors().toArray(Tensor[]::new))
                .reads(factor, upstream)
                .writes(gradient)
                .launch(name + "_backward", grid, arguments.toArray())
                .appendTo(graph);
        return gradients;
    }
}
