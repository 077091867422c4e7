package tandem.model.weak;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.IntUnaryOperator;
import tandem.engine.DataType;
import tandem.engine.Device;
import tandem.engine.Graph;
import tandem.engine.Plan;
import tandem.model.checkpoint.NetworkMetadata;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.inference.InferenceProgram;
import tandem.model.network.Network;
import tandem.model.settings.WeakSettings;

/**
 * Device memory of the networks that generate labels, in bytes. It is allocated beside a training step. Not included
 * are the masks that a teacher of pseudo-labels decodes at the images' original sizes.
 */
public final class LabelMemory {

    private LabelMemory() {}

    /**
     * The network that refines boxes from masks and its program, which stay allocated until the run ends; 0 when boxes
     * are not refined.
     *
     * @param network the trained network
     * @param batch images of a micro-batch
     * @param pixels the maximum number of pixels of a decoded image, from the maximum that a network has
     */
    public static long ofRefinement(
            Device device, Network network, WeakSettings settings, int batch, IntUnaryOperator pixels) {
        boolean refines = settings.maskForBox().weight() > 0
                && settings.maskForBox().firstRefinedEpoch() >= 0
                && network.settings().detects();
        return refines ? plan(device, network, batch, pixels).peakBytes() : 0;
    }

    /**
     * The largest teacher of pseudo-labels and its program, which are allocated one after the other before the first
     * step of a new run; 0 without pseudo-labels. Other parameters are those of {@link #ofRefinement}.
     */
    public static long ofPseudoLabels(Device device, WeakSettings settings, int batch, IntUnaryOperator pixels)
            throws IOException {
        long max = 0;
        for (String file : settings.pseudoLabels().teachers()) {
            Network teacher = new Network(NetworkMetadata.read(Path.of(file)));
            Plan program = plan(device, teacher, batch, pixels);
            long loading = Plan.frozen(new Graph(teacher.variables()), device).weightBytes() + program.weightBytes();
            max = Math.max(max, Math.max(loading, program.peakBytes()));
        }
        return max;
    }

    private static Plan plan(Device device, Network network, int batch, IntUnaryOperator pixels) {
        return InferenceProgram.plan(
                device,
                network,
                batch,
                pixels.applyAsInt(network.settings().maxPixels()),
                NonMaximumSuppression.Settings.DEFAULT,
                DataType.FLOAT32);
    }
}
