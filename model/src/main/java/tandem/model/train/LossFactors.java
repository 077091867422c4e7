package tandem.model.train;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.Program;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.model.balance.LossWeights;

/**
 * The weights of the losses as inputs of a graph, scalars; used where they change in each step.
 *
 * @param location factor of the location loss; likewise the others
 */
record LossFactors(Tensor location, Tensor confidence, Tensor segmentation) {

    static LossFactors declare(Graph graph) {
        return new LossFactors(
                input(graph, "location_factor"),
                input(graph, "confidence_factor"),
                input(graph, "segmentation_factor"));
    }

    private static Tensor input(Graph graph, String name) {
        return graph.input(name, DataType.FLOAT32, Shape.of());
    }

    /** A buffer for {@link #upload}. */
    static ByteBuffer staging() {
        return ByteBuffer.allocateDirect(Float.BYTES).order(ByteOrder.nativeOrder());
    }

    /** Sets them for later runs of a program. */
    void upload(Program program, LossWeights.Factors values, ByteBuffer staging) {
        program.upload(location, staging.putFloat(0, (float) values.location()).clear());
        program.upload(
                confidence, staging.putFloat(0, (float) values.confidence()).clear());
        program.upload(
                segmentation, staging.putFloat(0, (float) values.segmentation()).clear());
    }
}
