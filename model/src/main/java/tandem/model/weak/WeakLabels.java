package tandem.model.weak;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import tandem.engine.Device;
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.model.batch.GeneratedLabelProvider;
import tandem.model.batch.GeneratedLabels;
import tandem.model.checkpoint.WeakState;
import tandem.model.data.Annotation;
import tandem.model.data.Box;
import tandem.model.data.DataSet;
import tandem.model.data.DecodedImage;
import tandem.model.data.ImageCache;
import tandem.model.data.Sample;
import tandem.model.network.Network;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.PseudoLabelSettings;
import tandem.model.settings.Sampling;
import tandem.model.settings.WeakSettings;

/** All pseudo-labels and weak labels of a run, with their weights at each step. */
public final class WeakLabels implements GeneratedLabelProvider, AutoCloseable {

    /**
     * The run that the labels are for.
     *
     * @param images the training images
     * @param network the trained network
     * @param sampling how often images of each kind of annotation are used
     * @param batch images of a step
     * @param part images of a micro-batch
     * @param ramp the increase of the weights
     * @param folder folder of the stored labels
     * @param begun whether steps were done already, so that the labels must exist
     * @param state from its checkpoint; null for none
     * @param masks cache of the GrabCut masks
     * @param threads threads that generate masks
     */
    public record Run(
            ImageCache images,
            NetworkSettings network,
            Sampling sampling,
            int batch,
            int part,
            Ramp ramp,
            Path folder,
            boolean begun,
            WeakState state,
            GrabCutMaskCache masks,
            int threads) {}

    private final DataSet data;
    private final int batch;
    private final Ramp ramp;
    private final int maxBoxes;
    private final List<LabelSource> sources = new ArrayList<>();
    private RegionBoxes maskBoxes;
    private final Shares boxShares;
    private final Shares maskShares;

    /**
     * Image visits of a task: those with annotated labels, those with generated labels, and the latter times their
     * weights. A loss is divided by the number of labelled images or elements, whatever their weights. Therefore all
     * weights are scaled such that their mean is 1: a small weight of generated labels then does not reduce the
     * influence of annotated labels, and the scale of the loss is the same as without generated labels.
     */
    private record Shares(double annotated, double generated, double weighted) {

        /** The scale at a value of the ramp. Without annotated labels there is nothing to compensate. */
        float scale(float factor) {
            return annotated == 0 || factor == 0 || weighted == 0
                    ? 1
                    : (float) ((annotated + generated) / (annotated + factor * weighted));
        }
    }

    /**
     * Generates the labels that the settings require, or reads those that were generated when the run began.
     *
     * @throws IllegalArgumentException when the settings do not fit network and data
     */
    public WeakLabels(Device device, WeakSettings settings, Run run, LabelListener listener) throws IOException {
        data = run.images().data();
        batch = run.batch();
        ramp = run.ramp();
        maxBoxes = settings.maxBoxes();
        if (settings.boxForMask().weight() > 0 && run.network().segments()) {
            sources.add(GrabCutMasks.make(settings.boxForMask(), run.images(), run.masks(), run.threads(), listener));
        }
        if (settings.maskForBox().weight() > 0 && run.network().detects()) {
            maskBoxes = new RegionBoxes(settings.maskForBox(), run.images(), run.part(), run.state(), listener);
            sources.add(maskBoxes);
        }
        if (settings.pseudoLabels().weight() > 0) {
            sources.add(pseudoLabels(device, settings.pseudoLabels(), run, listener));
        }
        boxShares = shares(run.sampling(), true);
        maskShares = shares(run.sampling(), false);
    }

    private static LabelSource pseudoLabels(
            Device device, PseudoLabelSettings settings, Run run, LabelListener listener) throws IOException {
        PseudoLabels labels = new PseudoLabels(
                settings,
                run.images(),
                run.network().boxClasses(),
                run.network().maskClasses(),
                run.folder().resolve("pseudo-labels"),
                listener);
        if (!run.begun()) {
            labels.make(device, run.part());
        } else if (!labels.made()) {
            throw new IllegalArgumentException(run.folder().resolve("pseudo-labels")
                    + ": contains no pseudo-labels, although this run began with "
                    + "them; restore the folder, or start the run again");
        }
        return labels.read();
    }

    /**
     * The set of images with generated boxes does not change when boxes are generated again, so these shares hold for
     * the whole run.
     */
    private Shares shares(Sampling sampling, boolean ofBoxes) {
        Map<Annotation, Integer> kinds = new EnumMap<>(Annotation.class);
        data.samples().forEach(sample -> kinds.merge(sample.annotation(), 1, Integer::sum));
        double annotated = 0;
        double generated = 0;
        double weighted = 0;
        for (int i = 0; i < data.size(); i++) {
            Sample sample = data.samples().get(i);
            double visits = sampling == Sampling.EVEN ? 1.0 / kinds.get(sample.annotation()) : 1;
            if (ofBoxes ? sample.boxes().isPresent() : sample.mask().isPresent()) {
                annotated += visits;
                continue;
            }
            for (LabelSource source : sources) {
                if (ofBoxes ? source.boxes(i, 0) != null : source.hasMask(i)) {
                    generated += visits;
                    weighted += visits * source.weight();
                    break;
                }
            }
        }
        return new Shares(annotated, generated, weighted);
    }

    @Override
    public float annotatedBoxWeight(long seen) {
        return boxShares.scale(ramp.at(seen / batch));
    }

    @Override
    public float annotatedMaskWeight(long seen) {
        return maskShares.scale(ramp.at(seen / batch));
    }

    /**
     * Generates the labels again that depend on the network's weights. To be called before each step.
     *
     * @param step from 0
     * @param epoch the epoch it belongs to, from 0
     * @param begins whether it is the first of that epoch
     * @param average the averaged weights of {@code variables}
     */
    public void refresh(
            long step,
            long epoch,
            boolean begins,
            Device device,
            Network network,
            Variables variables,
            Weights average) {
        if (maskBoxes != null) {
            maskBoxes.refresh(step, epoch, begins, device, network, variables, average);
        }
    }

    /** The state for a checkpoint; null for none. */
    public WeakState state() {
        return maskBoxes == null ? null : maskBoxes.state();
    }

    @Override
    public void close() {
        if (maskBoxes != null) {
            maskBoxes.close();
        }
    }

    @Override
    public int maxBoxes() {
        return maxBoxes;
    }

    @Override
    public GeneratedLabels of(int sample, DecodedImage image, long seen) {
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
                boxWeight = factor * source.weight() * boxShares.scale(factor);
            }
            if (wantsMask && mask == null) {
                mask = source.mask(sample);
                maskWeight = factor * source.weight() * maskShares.scale(factor);
            }
        }
        return boxes == null && mask == null
                ? GeneratedLabels.NOTHING
                : new GeneratedLabels(boxes, boxes == null ? 0 : boxWeight, mask, mask == null ? 0 : maskWeight);
    }
}
