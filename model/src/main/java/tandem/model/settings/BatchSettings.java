package tandem.model.settings;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import tandem.model.declaration.Setting;
import tandem.model.image.PixelSize;
import tandem.model.network.NetworkSettings;

/**
 * Batches of training.
 *
 * @param size images per step
 * @param microBatches number of micro-batches of a step, run one after the other with accumulated gradients; divides
 *     the size
 * @param inputSizes input sizes, of which one is sampled for each of the first four fifths of the steps; empty for only
 *     the network's own size
 * @param sampling how often images of each kind of annotation are used
 */
@RecordBuilder
public record BatchSettings(
        @Setting(
                value = "8",
                option = "--batch",
                param = "N",
                order = 41,
                help = "Images of a step.",
                was = "/batchSize")
        int size,

        @Setting(
                value = "1",
                option = "--micro-batches",
                param = "N",
                order = 42,
                help = "Run a step in N parts and add their gradients: less memory for the same batch size.",
                was = "/microBatches")
        int microBatches,

        @Setting(
                value = "",
                option = "--sizes",
                param = "WxH",
                order = 50,
                help = "Train at these sizes in turn (multi-scale); the last fifth of the run at --size.",
                was = "/sides")
        List<PixelSize> inputSizes,

        @Setting(
                value = "proportional",
                option = "--sampling",
                param = "NAME",
                order = 57,
                help =
                        "proportional: a pass uses every image once. even: images of each kind of annotation are used equally "
                                + "often.",
                was = "/sampling")
        Sampling sampling)
        implements BatchSettingsBuilder.With {

    /** Rejects invalid settings. */
    public BatchSettings {
        Checks.atLeast("batchSize", size, 1);
        Checks.atLeast("microBatches", microBatches, 1);
        if (size % microBatches != 0) {
            throw new IllegalArgumentException(
                    "batchSize " + size + " cannot be run in " + microBatches + " equal parts");
        }
        inputSizes = inputSizes == null ? List.of() : List.copyOf(inputSizes);
        inputSizes.forEach(NetworkSettings::checkInputSize);
        Checks.present("sampling", sampling);
    }

    /** Images of a micro-batch. */
    public int microBatchSize() {
        return size / microBatches;
    }
}
