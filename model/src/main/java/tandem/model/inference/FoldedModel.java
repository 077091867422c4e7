package tandem.model.inference;

import java.io.IOException;
import java.nio.file.Path;
import tandem.engine.DataType;
import tandem.engine.Device;
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.model.checkpoint.NetworkMetadata;
import tandem.model.network.Fold;
import tandem.model.network.Network;
import tandem.model.weights.SafetensorsReader;
import tandem.model.weights.WeightsException;
import tandem.model.weights.WeightsFile;

/** A network with folded batch normalization, and its weights on a device. */
public final class FoldedModel implements AutoCloseable {

    private final Device device;
    private final Network network;
    private final Variables variables;
    private final Weights weights;
    private final Fold fold;
    private final DataType storage;
    private long revision;

    /**
     * Folds {@code source}, weights over {@code trained}, which are only read now and in {@link #update}; inference is
     * in FLOAT32.
     */
    public FoldedModel(Device device, Network network, Variables trained, Weights source) {
        this(device, network, trained, source, DataType.FLOAT32);
    }

    /**
     * The same with activations and filters in another type.
     *
     * @param storage FLOAT32, BFLOAT16 or FLOAT16
     */
    public FoldedModel(Device device, Network network, Variables trained, Weights source, DataType storage) {
        this.storage = storage;
        this.device = device;
        this.network = network;
        this.variables = network.foldedVariables();
        this.weights = new Weights(device, variables);
        this.fold = new Fold(network, trained, variables);
        try {
            fold.apply(source, weights);
        } catch (RuntimeException | Error problem) {
            weights.close();
            throw problem;
        }
    }

    /**
     * Loads the averaged weights of a checkpoint or of an exported weights file.
     *
     * @throws WeightsException when the file is damaged or has no network settings
     */
    public static FoldedModel load(Path file, Device device) throws IOException {
        return load(file, device, DataType.FLOAT32);
    }

    /** The same with activations and filters in another type: FLOAT32, BFLOAT16 or FLOAT16. */
    public static FoldedModel load(Path file, Device device, DataType storage) throws IOException {
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            Network network = NetworkMetadata.network(reader);
            Variables trained = network.variables();
            try (Weights source = new Weights(device, trained)) {
                WeightsFile.load(reader, "", trained, source);
                return new FoldedModel(device, network, trained, source, storage);
            }
        }
    }

    /** Folds new values of the same network, for an evaluation during training. */
    public void update(Weights source) {
        fold.apply(source, weights);
        revision++;
    }

    /** Counts the updates. */
    long revision() {
        return revision;
    }

    /** The type of activations and filters. */
    public DataType storage() {
        return storage;
    }

    /** The device. */
    public Device device() {
        return device;
    }

    /** The network. */
    public Network network() {
        return network;
    }

    /** The variables of the folded form, for graphs made with {@link Network#inference}. */
    public Variables variables() {
        return variables;
    }

    /** The values of the variables. */
    public Weights weights() {
        return weights;
    }

    @Override
    public void close() {
        weights.close();
    }
}
