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
import tandem.kernels.Catalogue;

/**
 * The kernel launches that all detection losses share: partial sums, each block for one image, then one block that adds
 * them and divides.
 *
 * @param name prefix of the family's kernels
 * @param prediction the tensor the loss is differentiated with respect to
 * @param others the kernels' further tensors, in their order
 * @param weights (N, 2) per-image weights; the first column is used
 * @param perImage elements of an image
 * @param perThread elements that a thread of the forward kernel reads
 */
record ImageLoss(String name, Tensor prediction, List<Tensor> others, Tensor weights, int perImage, int perThread) {

    private int images() {
        return prediction.shape().dim(0);
    }

    private int blocksPerImage() {
        return Catalogue.find(name + "_forward").blockCount(perImage, perThread);
    }

    /**
     * Appends the loss.
     *
     * @param scale factor of the normalized sum
     * @param backwardByImage whether each block of the backward kernel belongs to one image; otherwise it has one
     *     thread per element, and its argument is the total number of elements
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
                .launchBlocks(name + "_forward", blocks, arguments.toArray())
                .launchBlocks("detection_loss_finish", 1, partials, loss, factor, scale, blocks)
                .gradient((g, upstream, needed) ->
                        differentiate(g, factor, upstream.get(0), needed, backwardByImage, numbers))
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
            Graph graph, Tensor factor, Tensor upstream, boolean[] needed, boolean byImage, Object[] numbers) {
        List<Tensor> gradients = new ArrayList<>(Collections.nCopies(tensors().size(), null));
        if (!needed[0] || upstream == null) {
            return gradients;
        }
        Tensor gradient = graph.activation(prediction.name() + "_gradient", prediction.shape());
        gradients.set(0, gradient);
        List<Object> arguments = new ArrayList<>(tensors());
        arguments.addAll(List.of(factor, upstream, gradient));
        arguments.addAll(Arrays.asList(numbers));
        int threads = images() * perImage;
        arguments.add(byImage ? blocksPerImage() : threads);
        KernelOperation backward = KernelOperation.named(name + "_backward")
                .reads(tensors().toArray(Tensor[]::new))
                .reads(factor, upstream)
                .writes(gradient);
        if (byImage) {
            backward.launchBlocks(name + "_backward", images() * blocksPerImage(), arguments.toArray());
        } else {
            backward.launch(name + "_backward", threads, arguments.toArray());
        }
        backward.appendTo(graph);
        return gradients;
    }
}
