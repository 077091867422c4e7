package tandem.model.weak;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.stream.IntStream;
import tandem.model.augment.ImageParameters;
import tandem.model.data.DecodedImage;
import tandem.model.data.ImageCache;
import tandem.model.data.Sample;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.inference.FoldedModel;
import tandem.model.inference.InferenceProgram;
import tandem.model.inference.Inspection;

/** Runs a network over some images of a data set in evaluation form. Its memory is kept from one run to the next. */
final class Predictor implements AutoCloseable {

    /** Takes what was found in one image. */
    interface Consumer {
        /**
         * @param sample index of the image in the data set
         * @param place its place in the batch, for {@link InferenceProgram#readMask}
         * @param found boxes and mask, filled again for the next image
         */
        void accept(int sample, int place, Inspection found);
    }

    private final ImageCache images;
    private final InferenceProgram program;
    private final ByteBuffer pixels;
    private final ByteBuffer parameters;
    private final FloatBuffer parameterValues;
    private final Inspection found = new Inspection();

    Predictor(FoldedModel model, ImageCache images, int batch) {
        this.images = images;
        int room = images.largest();
        pixels = ByteBuffer.allocateDirect(Math.multiplyExact(batch, 3 * room));
        parameters = ByteBuffer.allocateDirect(batch * ImageParameters.COUNT * Float.BYTES)
                .order(ByteOrder.nativeOrder());
        parameterValues = parameters.asFloatBuffer();
        program = new InferenceProgram(model, batch, room, NonMaximumSuppression.Settings.DEFAULT);
    }

    InferenceProgram program() {
        return program;
    }

    void run(List<Integer> samples, Consumer consumer) {
        for (int first = 0; first < samples.size(); first += program.images()) {
            List<Integer> part = samples.subList(first, Math.min(samples.size(), first + program.images()));
            List<DecodedImage> decoded = part.parallelStream().map(images::get).toList();
            IntStream.range(0, program.images()).forEach(i -> place(i, i < decoded.size() ? decoded.get(i) : null));
            program.program().upload(program.pixelInput(), pixels.clear());
            program.program().upload(program.parameterInput(), parameters.clear());
            program.run();
            for (int i = 0; i < part.size(); i++) {
                Sample sample = images.data().samples().get(part.get(i));
                program.read(i, sample.width(), sample.height(), found);
                consumer.accept(part.get(i), i, found);
            }
        }
    }

    private void place(int i, DecodedImage image) {
        if (image == null) {
            ImageParameters.evaluation(1, 1, false).write(parameterValues, i * ImageParameters.COUNT);
            return;
        }
        pixels.put(i * program.pixels() * 3, image.rgb());
        ImageParameters.evaluation(image.contentWidth(), image.contentHeight(), false)
                .write(parameterValues, i * ImageParameters.COUNT);
    }

    @Override
    public void close() {
        program.close();
    }
}
