package tandem.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tandem.engine.Device;
import tandem.engine.Resources;
import tandem.model.inference.FoldedModel;
import tandem.model.inference.PartThresholds;
import tandem.model.monitor.DriftMonitor;
import tandem.model.monitor.DriftReference;
import tandem.model.network.NetworkSettings;

/** A network that is loaded once on each device, and its execution contexts. */
final class LoadedNetwork implements AutoCloseable {

    private final List<FoldedModel> models = new ArrayList<>();
    private final Resources owned = new Resources();

    private final Optional<PartThresholds> thresholds;
    private final Optional<DriftMonitor> drift;

    LoadedNetwork(Path checkpoint, List<Device> devices, InspectorOptions options) throws IOException {
        // The libraries of the devices are loaded while the files are read.
        devices.forEach(device -> device.prepareEarly(List::of));
        thresholds = options.thresholds().isPresent() ? options.thresholds() : PartThresholds.beside(checkpoint);
        Optional<DriftReference> reference =
                options.driftWindow() == 0 ? Optional.empty() : DriftReference.beside(checkpoint);
        try {
            for (Device device : devices) {
                models.add(owned.add(FoldedModel.load(checkpoint, device, options.storage())));
            }
            checkThresholds(checkpoint, options);
            drift = reference.map(one -> monitor(checkpoint, one, options));
        } catch (IOException | RuntimeException | Error problem) {
            owned.closeAfter(problem);
            throw problem;
        }
    }

    private void checkThresholds(Path checkpoint, InspectorOptions options) {
        String missing =
                thresholds.flatMap(chosen -> chosen.missing(settings())).orElse(null);
        if (missing != null) {
            throw new IllegalArgumentException(
                    options.thresholds().isPresent()
                            ? checkpoint + ": its network has no " + missing
                                    + ", but the thresholds of the options decide by them; set others"
                            : PartThresholds.file(checkpoint) + ": decides by " + missing
                                    + ", which the network does not have; write it again with eval --save-thresholds, "
                                    + "or remove it");
        }
    }

    private DriftMonitor monitor(Path checkpoint, DriftReference reference, InspectorOptions options) {
        if (!reference.fits(settings())) {
            throw new IllegalArgumentException(DriftReference.file(checkpoint)
                    + ": is of a network with other classes; write it again with eval --save-drift, or remove it");
        }
        return new DriftMonitor(reference, options.driftWindow(), options.onDrift());
    }

    NetworkSettings settings() {
        return models.get(0).network().settings();
    }

    /** Those of the options, or else of the file beside the weights. */
    Optional<PartThresholds> thresholds() {
        return thresholds;
    }

    /** Compares frames with the file beside the weights; empty when there is none. */
    Optional<DriftMonitor> drift() {
        return drift;
    }

    /** New contexts, the devices in turn. */
    List<ExecutionContext> contexts(InspectorOptions options) {
        Resources made = new Resources();
        try {
            List<ExecutionContext> contexts = new ArrayList<>();
            for (int i = 0; i < options.contexts(); i++) {
                contexts.add(made.add(new ExecutionContext(models.get(i % models.size()), thresholds, drift, options)));
            }
            return contexts;
        } catch (RuntimeException | Error problem) {
            made.closeAfter(problem);
            throw problem;
        }
    }

    @Override
    public void close() {
        owned.close();
    }
}
