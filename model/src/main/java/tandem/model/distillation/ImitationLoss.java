package tandem.model.distillation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import tandem.engine.Graph;
import tandem.engine.KernelOperation;
import tandem.engine.KernelOperation.Scratch;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.operation.Elementwise;
import tandem.kernels.Catalogue;

/**
 * A loss whose kernels write the gradient during the forward pass, for a factor of 1 in the total loss. With that
 * factor the gradient is used directly; with any other it is multiplied once more.
 */
final class ImitationLoss {

    private record Launch(String kernel, int blocks, List<Object> before, List<Object> after) {}

    private final String name;
    private final List<Tensor> students = new ArrayList<>();
    private final List<Tensor> gradients = new ArrayList<>();
    private final List<Tensor> others = new ArrayList<>();
    private final List<Launch> launches = new ArrayList<>();

    ImitationLoss(String name) {
        this.name = name;
    }

    /**
     * Adds a kernel launch over one pair of student and teacher tensors. Each block belongs to one image.
     *
     * @param perThread elements of an image that a thread reads, out of {@code perImage}
     * @param tensors the kernel's tensors after student and teacher, before gradient and partial sums
     * @param numbers its scalar arguments before the number of blocks per image
     */
    ImitationLoss pair(
            Graph graph,
            String kernel,
            Tensor student,
            Tensor teacher,
            int perImage,
            int perThread,
            List<Tensor> tensors,
            Object... numbers) {
        Tensor gradient = graph.activation("d_" + name, student.shape());
        int blocksPerImage = Catalogue.find(kernel).blockCount(perImage, perThread);
        students.add(student);
        gradients.add(gradient);
        others.add(teacher);
        tensors.stream().filter(tensor -> !others.contains(tensor)).forEach(others::add);
        List<Object> before = new ArrayList<>(List.of(student, teacher));
        before.addAll(tensors);
        before.add(gradient);
        List<Object> after = new ArrayList<>(Arrays.asList(numbers));
        after.add(blocksPerImage);
        launches.add(new Launch(kernel, student.shape().dim(0) * blocksPerImage, before, after));
        return this;
    }

    /** Appends the loss, shape (). */
    Tensor append(Graph graph) {
        Tensor loss = graph.activation(name, Shape.of());
        int blocks = launches.stream().mapToInt(Launch::blocks).sum();
        KernelOperation operation = KernelOperation.named(name)
                .reads(students.toArray(Tensor[]::new))
                .reads(others.toArray(Tensor[]::new))
                .writes(loss)
                .writes(gradients.toArray(Tensor[]::new));
        Scratch partials = operation.scratch((long) Float.BYTES * blocks);
        int first = 0;
        for (Launch launch : launches) {
            List<Object> arguments = new ArrayList<>(launch.before());
            arguments.add(
                    new Scratch(partials.offset() + (long) Float.BYTES * first, (long) Float.BYTES * launch.blocks()));
            arguments.addAll(launch.after());
            operation.launchBlocks(launch.kernel(), launch.blocks(), arguments.toArray());
            first += launch.blocks();
        }
        operation
                .launchBlocks("imitation_finish", 1, partials, loss, blocks)
                .gradient(this::differentiate)
                .appendTo(graph);
        return loss;
    }

    private List<Tensor> differentiate(Graph graph, List<Tensor> upstream, boolean[] needed) {
        List<Tensor> result = new ArrayList<>(Collections.nCopies(students.size() + others.size(), null));
        Tensor factor = upstream.get(0);
        boolean one = graph.constantScalar(factor).filter(value -> value == 1f).isPresent();
        for (int i = 0; i < students.size(); i++) {
            if (needed[i]) {
                result.set(i, one ? gradients.get(i) : Elementwise.scaleBy(graph, gradients.get(i), factor));
            }
        }
        return result;
    }
}
