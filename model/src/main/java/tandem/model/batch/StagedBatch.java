package tandem.model.batch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import tandem.engine.Program;
import tandem.engine.Tensor;
import tandem.model.augment.BatchInputs;
import tandem.model.augment.ImageParameters;

/**
 * A batch in direct memory with the layout of {@link BatchInputs}. It belongs to its {@link BatchStager} and is valid
 * until the next call of {@link BatchStager#next}.
 */
public final class StagedBatch {

    final ByteBuffer pixels;
    final ByteBuffer masks;
    private final ByteBuffer parameters;
    private final ByteBuffer boxes;
    private final ByteBuffer labels;
    private final ByteBuffer counts;
    private final ByteBuffer weights;
    final FloatBuffer parameterValues;
    final FloatBuffer boxValues;
    final IntBuffer labelValues;
    final IntBuffer countValues;
    final FloatBuffer weightValues;

    final int[] samples;
    final long[] seeds;
    int size;
    long seen;
    SamplerState after;

    StagedBatch(BatchShape shape) {
        int n = shape.images();
        pixels = ByteBuffer.allocateDirect(n * shape.pixels() * 3);
        masks = ByteBuffer.allocateDirect(n * shape.pixels());
        parameters = floats(n * ImageParameters.COUNT);
        boxes = floats(n * shape.boxes() * 4);
        labels = floats(n * shape.boxes());
        counts = floats(n);
        weights = floats(n * 2);
        parameterValues = parameters.asFloatBuffer();
        boxValues = boxes.asFloatBuffer();
        labelValues = labels.asIntBuffer();
        countValues = counts.asIntBuffer();
        weightValues = weights.asFloatBuffer();
        samples = new int[n];
        seeds = new long[n];
    }

    private static ByteBuffer floats(int count) {
        return ByteBuffer.allocateDirect(count * Float.BYTES).order(ByteOrder.nativeOrder());
    }

    /** Number of images. At the end of an evaluation the batch is filled with empty images of weight 0. */
    public int size() {
        return size;
    }

    /** The index in the data set of image {@code i}. */
    public int sample(int i) {
        if (i >= size) {
            throw new IndexOutOfBoundsException("image " + i + " of a batch of " + size);
        }
        return samples[i];
    }

    /** The position in the data after this batch, for checkpoints. Null in evaluation. */
    public SamplerState after() {
        return after;
    }

    /** Copies only images and parameters, for an inference program. */
    public void uploadImages(Program program, Tensor pixelInput, Tensor parameterInput) {
        program.upload(pixelInput, pixels.clear());
        program.upload(parameterInput, parameters.clear());
    }

    /** Copies everything to the program's inputs. */
    public void upload(Program program, BatchInputs inputs) {
        program.upload(inputs.pixels(), pixels.clear());
        program.upload(inputs.masks(), masks.clear());
        program.upload(inputs.parameters(), parameters.clear());
        program.upload(inputs.boxes(), boxes.clear());
        program.upload(inputs.labels(), labels.clear());
        program.upload(inputs.counts(), counts.clear());
        program.upload(inputs.weights(), weights.clear());
    }
}
