package tandem.model.weak;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tandem.engine.Device;
import tandem.model.batch.Supplement;
import tandem.model.batch.SupplementaryLabels;
import tandem.model.data.Box;
import tandem.model.data.DataSet;
import tandem.model.data.DecodedImage;
import tandem.model.data.ImageCache;
import tandem.model.network.NetworkSettings;

/** All labels of a run that nobody drew, with their weights at each step. */
public final class WeakLabels implements SupplementaryLabels {

    /**
     * The run that is labelled.
     *
     * @param images the training images
     * @param network what is trained
     * @param batch images of a step
     * @param part images of a micro-batch
     * @param ramp how weights rise
     * @param folder where labels are kept
     * @param begun whether steps were done already, so that labels must be there
     */
    public record Run(ImageCache images, NetworkSettings network, int batch, int part, Ramp ramp, Path folder, boolean begun) {}

    private final DataSet data;
    private final int batch;
    private final Ramp ramp;
    private final int mostBoxes;
    private final List<LabelSource> sources = new ArrayList<>();

    /**
     * Makes what the settings ask for, or reads what was made when the run began.
     *
     * @throws IllegalArgumentException when the settings do not fit network and data
     */
    public WeakLabels(Device device, WeakSettings settings, Run run, LabelListener listener) throws IOException {
        data = run.images().data();
        batch = run.batch();
        ramp = run.ramp();
        mostBoxes = settings.mostBoxes();
        if (settings.boxForMask().weight() > 0 || settings.maskForBox().weight() > 0) {
            throw new UnsupportedOperationException("labels made from boxes and masks");
        }
        if (settings.pseudoLabels().weight() > 0) {
            sources.add(pseudoLabels(device, settings.pseudoLabels(), run, listener));
        }
    }

    private static LabelSource pseudoLabels(Device device, PseudoLabelSettings settings, Run run, LabelListener listener) throws IOException {
        PseudoLabels labels = new PseudoLabels(settings, run.images(), run.network().boxClasses(), run.network().maskClasses(),
                run.folder().resolve("pseudo-labels"), listener);
        if (!run.begun()) {
            labels.make(device, run.part());
        } else if (!labels.made()) {
                throw new IllegalArgumentException(run.folder().resolve("pseudo-labels") + ": holds no labels of teachers, although this run began with "
                        + "some; bring the folder back, or start again");
        }
        return labels.read();
    }

    @Override
    public int mostBoxes() {
        return mostBoxes;
    }

    @Override
    public Supplement of(int sample, DecodedImage image, long seen) {
        long step = seen / batch;
        float factor = ramp.at(step);
        List<Box> boxes = null;
        float boxWeight = 0;
        byte[] mask = null;
        float maskWeight = 0;
        boolean wantsBoxes = data.samples().get(sample).boxes().isEmpty();
        boolean wantsMask = image.mask() == null;
        for (LabelSource source : sources) {
            if (wantsBoxes && boxes == null) {
                boxes = source.boxes(sample, step);
                boxWeight = factor * source.weight();
            }
            if (wantsMask && mask == null) {
                mask = source.mask(sample);
                maskWeight = factor * source.weight();
            }
        }
        return boxes == null && mask == null ? Supplement.NOTHING : new Supplement(boxes, boxes == null ? 0 : boxWeight, mask, mask == null ? 0 : maskWeight);
    }
}
