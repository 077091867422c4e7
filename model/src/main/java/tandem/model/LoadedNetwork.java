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
import tandem.model.network.NetworkSettings;

/** A network that is loaded once on each device, and its execution contexts. */
final class LoadedNetwork implements AutoCloseable {

    private final List<FoldedModel> models = new ArrayList<>();
    private final Resources owned = new Resources();

    private final Optional<PartThresholds> thresholds;

    LoadedNetwork(Path checkpoint, List<Device> devices, InspectorOptions options) throws IOException {
        thresholds = options.thresholds().isPresent() ? options.thresholds() : PartThresholds.beside(checkpoint);
        try {
            for (Device device : devices) {
                models.add(owned.add(FoldedModel.load(checkpoint, device, options.storage())));
            }
        } catch (IOException | RuntimeException | Error problem) {
            owned.closeAfter(problem);
            throw problem;
        }
    }

    NetworkSettings settings() {
        return models.get(0).network().settings();
    }

    /** Those of the options, or else of the file beside the weights. */
    Optional<PartThresholds> thresholds() {
        return thresholds;
    }

    /** New contexts, the devices in turn. */
    List<ExecutionContext> contexts(InspectorOptions options) {
        Resources made = new Resources();
        try {
            List<ExecutionContext> contexts = new ArrayList<>();
            for (int i = 0; i < options.contexts(); i++) {
                contexts.add(made.add(new ExecutionContext(models.get(i % models.size()), thresholds, options)));
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
