package tandem.model.inference;

import tandem.engine.DeviceLock;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.image.Downscale;
import tandem.model.image.RgbRows;

/**
 * Inference for single images that are scaled to the network's input. For images of one size nothing is allocated. An
 * image with more pixels than the network's limit is downscaled by {@link Downscale}, as in training.
 */
public final class WholeInference implements FrameInference {

    /** Pixels that every program has room for, so that it serves frames of other sizes too: 3 MiB. */
    private static final int ROOM = 1 << 20;

    private final FoldedModel model;
    private final NonMaximumSuppression.Settings suppression;
    private InferenceProgram program;
    private FrameInput input;
    private Downscale size;
    private int allocations;

    /** @param model must stay open while this is used */
    public WholeInference(FoldedModel model, NonMaximumSuppression.Settings suppression) {
        this.model = model;
        this.suppression = suppression;
    }

    @Override
    public Inspection inspect(RgbRows image, int width, int height, Inspection result) {
        prepare(width, height);
        input.put(image);
        DeviceLock turn = model.device().lock();
        turn.enter();
        try {
            program.run(input.images());
            program.requireFinite();
            program.read(0, width, height, result);
            return result;
        } finally {
            turn.exit();
        }
    }

    private void prepare(int width, int height) {
        Downscale wanted = size != null && size.sourceWidth() == width && size.sourceHeight() == height
                ? size
                : Downscale.of(width, height, model.network().settings().maxPixels());
        if (input == null || input.pixels() < wanted.pixels()) {
            allocations++;
            input = null;
            int capacity = Math.max(
                    wanted.pixels(), Math.min(ROOM, model.network().settings().maxPixels()));
            try {
                if (program == null || program.pixels() < wanted.pixels()) {
                    close();
                    program = InferenceProgram.withFiltersAlone(model, 1, capacity, suppression);
                }
                input = new FrameInput(
                        wanted.pixels(), model.network().settings().conversion().placement());
            } catch (RuntimeException | Error problem) {
                close();
                throw problem;
            }
        }
        input.size(wanted);
        size = wanted;
    }

    @Override
    public int allocations() {
        return allocations;
    }

    @Override
    public void close() {
        input = null;
        if (program != null) {
            program.close();
            program = null;
        }
    }
}
