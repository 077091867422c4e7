package tandem.model.distillation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.Program;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.cpu.CpuDevice;
import tandem.engine.operation.TestMemory;
import tandem.model.image.PixelSize;
import tandem.model.settings.DistilledImages;

/**
 * Losses of imitation against the numbers that the published implementation gave: one image of 320 x 320, predictions
 * by formula.
 */
class PublishedImitationTest {

    private static final int ANCHORS = 12_750;
    private static final int CLASSES = 20;
    private static final int CHANNELS = 256;
    private static final int[] SIDES = {40, 20, 10, 5};

    private final Graph graph = new Graph(new Variables());
    private final List<Runnable> uploads = new ArrayList<>();
    private Program program;

    private Tensor input(String name, Shape shape, IntToDoubleFunction formula) {
        Tensor tensor = graph.input(name, DataType.FLOAT32, shape);
        float[] values = new float[Math.toIntExact(shape.elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) formula.applyAsDouble(i);
        }
        uploads.add(() -> program.upload(tensor, TestMemory.floats(values)));
        return tensor;
    }

    private Tensor location(boolean teacher) {
        return input(
                teacher ? "loc_t" : "loc_s",
                Shape.of(1, ANCHORS, 4),
                i -> teacher ? 0.25 * Math.cos(0.29 * (i / 4) + i % 4) : 0.3 * Math.sin(0.37 * (i / 4) + i % 4));
    }

    private Tensor confidence() {
        return input(
                "conf_s",
                Shape.of(1, ANCHORS, CLASSES),
                i -> -3 + 2 * Math.sin(0.011 * (i / CLASSES) + 0.7 * (i % CLASSES)));
    }

    private Tensor confidence(double amplitude) {
        return input(
                "conf_t" + amplitude,
                Shape.of(1, ANCHORS, CLASSES),
                i -> -3 + amplitude * Math.cos(0.013 * (i / CLASSES) + 0.5 * (i % CLASSES)));
    }

    private List<Tensor> maps(boolean teacher) {
        List<Tensor> maps = new ArrayList<>();
        int first = 0;
        for (int side : SIDES) {
            int from = first;
            maps.add(input((teacher ? "f_t" : "f_s") + side, Shape.of(1, side, side, CHANNELS), i -> {
                int j = from + i / CHANNELS;
                int k = i % CHANNELS;
                return teacher ? Math.cos(0.017 * j + 0.03 * k) : Math.sin(0.013 * j + 0.05 * k);
            }));
            first += side * side;
        }
        return maps;
    }

    private Tensor images() {
        return DistilledImageWeights.of(graph, input("weights", Shape.of(1, 2), i -> 1), DistilledImages.ALL, null);
    }

    private void check(double[] expected, double tolerance, Tensor... losses) {
        for (Tensor loss : losses) {
            graph.keep(loss);
        }
        try (CpuDevice device = new CpuDevice();
                Program made = Program.of(device, graph, null, null)) {
            program = made;
            uploads.forEach(Runnable::run);
            program.run();
            for (int i = 0; i < losses.length; i++) {
                assertEquals(expected[i], TestMemory.floats(program, losses[i])[0], tolerance * expected[i]);
            }
        }
    }

    @Test
    void outputs() {
        Tensor images = images();
        Tensor student = confidence();
        check(
                new double[] {0.359859, 393.26596, 876.744263, 7.865319},
                3e-6,
                OutputImitation.location(graph, location(false), location(true), images, 1),
                OutputImitation.confidence(graph, student, confidence(2.5), images, 1, 1),
                OutputImitation.confidence(graph, student, confidence(4), images, 1, 1),
                OutputImitation.confidence(graph, student, confidence(2.5000001), images, 100f / 5000, 1));
    }

    private CellWeights weights(Tensor images) {
        return new CellWeights(
                graph,
                CellWeights.Level.of(List.of(0, 1, 2, 3), PixelSize.square(320)),
                CHANNELS,
                Task.DETECTION,
                images,
                null);
    }

    @Test
    void meanSquare() {
        Tensor images = images();
        Tensor cells = weights(images).uniform(5);
        check(new double[] {4.763456}, 1e-6, FeatureImitation.loss(graph, maps(false), maps(true), cells));
    }

    @Test
    void predictionGuided() {
        Tensor images = images();
        Tensor student = confidence();
        Tensor teacher = confidence(4);
        check(
                new double[] {4.763742, 0.859995, 0.225717},
                3e-6,
                FeatureImitation.loss(
                        graph, maps(false), maps(true), weights(images).guided(student, teacher, 5)),
                OutputImitation.guided(graph, student, teacher, images, 1),
                OutputImitation.absolute(graph, location(false), location(true), images, 1));
    }

    /** The published loss is infinite here: no score of the teacher is above one half. */
    @Test
    void predictionGuidedByATeacherWithoutConfidentScores() {
        double expected = 0;
        for (int i = 0; i < ANCHORS * CLASSES; i++) {
            double x = (float) (-3 + 2 * Math.sin(0.011 * (i / CLASSES) + 0.7 * (i % CLASSES)));
            double t = ReferenceImitation.logistic(
                    (float) (-3 + 2.5 * Math.cos(0.013 * (i / CLASSES) + 0.5 * (i % CLASSES))));
            expected += Math.pow(ReferenceImitation.logistic(x) - t, 2) * ReferenceImitation.binaryCrossEntropy(x, t);
        }
        check(new double[] {expected}, 3e-6, OutputImitation.guided(graph, confidence(), confidence(2.5), images(), 1));
    }

    @Test
    void decoupled() {
        float[] corners = {0.10f, 0.20f, 0.50f, 0.70f, 0.45f, 0.30f, 0.95f, 0.90f, 0.02f, 0.02f, 0.08f, 0.10f};
        Tensor boxes = input("boxes", Shape.of(1, 3, 4), i -> corners[i]);
        Tensor counts = graph.input("counts", DataType.INT32, Shape.of(1));
        uploads.add(() -> program.upload(
                counts,
                ByteBuffer.allocateDirect(Integer.BYTES)
                        .order(ByteOrder.nativeOrder())
                        .putInt(0, 3)));
        Tensor labels = input("labels", Shape.of(1, 2), i -> 1);
        Tensor images = images();
        Tensor cells = weights(images).decoupled(new CellWeights.Truth(boxes, counts), labels, confidence(4), 1);
        // 1041 foreground cells of 2125; the published variant whose loss is divided by the channels
        check(new double[] {0.953852}, 1e-6, FeatureImitation.loss(graph, maps(false), maps(true), cells));
    }
}
