package tandem.model.inference;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.LoggerFactory;
import tandem.engine.DataType;
import tandem.engine.Device;
import tandem.engine.Graph;
import tandem.engine.Program;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.model.checkpoint.NetworkMetadata;
import tandem.model.network.Fold;
import tandem.model.network.Network;
import tandem.model.network.QuantizedLayers;
import tandem.model.weights.SafetensorsReader;
import tandem.model.weights.TensorFile;
import tandem.model.weights.WeightsException;

/** A network with folded batch normalization, and its weights on a device. */
public final class FoldedModel implements AutoCloseable {

    private final Device device;
    private final Network network;
    private final Variables trained;
    private final Variables variables;
    private final Weights weights;
    private final Fold fold;
    private final DataType storage;
    private final SafetensorsReader file;
    private final QuantizedLayers prepared;
    private QuantizedLayers quantized;
    private Optional<LayerObserver> observer = Optional.empty();
    private long revision;

    /**
     * @param trained null for those that the network declares
     * @param file from which released variables are read again; null for a model that releases none
     */
    private FoldedModel(
            Device device,
            Network network,
            Variables trained,
            DataType storage,
            SafetensorsReader file,
            QuantizedLayers quantized) {
        this.prepared = quantized;
        this.quantized = quantized;
        this.file = file;
        this.storage = storage;
        this.device = device;
        this.network = network;
        this.trained = trained;
        this.variables = network.foldedVariables(quantized);
        this.weights = file != null && storage == DataType.FLOAT32 && device.preparesFilters()
                ? Weights.separate(device, variables)
                : new Weights(device, variables);
        this.fold = new Fold(network, variables, quantized.any() ? device.dnn().maxFilterByte() : 0);
    }

    /**
     * Folds {@code source}, weights over {@code trained}, which are only read now and in {@link #update}; inference is
     * in FLOAT32.
     */
    public FoldedModel(Device device, Network network, Variables trained, Weights source) {
        this(device, network, trained, DataType.FLOAT32, null, QuantizedLayers.NONE);
        try {
            fold.apply(trained, source, weights);
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

    /**
     * The same with activations and filters in another type: FLOAT32, BFLOAT16 or FLOAT16. Variables are folded while
     * they are read, so that no other copy of them is in memory. Layers that the file has in int8 are computed on bytes
     * by a CPU in FLOAT32; in other cases a line of the log states that they are not.
     */
    public static FoldedModel load(Path file, Device device, DataType storage) throws IOException {
        SafetensorsReader reader = SafetensorsReader.open(file);
        try {
            Network network = NetworkMetadata.network(reader);
            device.prepareEarly(() -> InferenceProgram.kernels(network, storage));
            FoldedModel model = new FoldedModel(
                    device,
                    network,
                    null,
                    storage,
                    reader,
                    usable(NetworkMetadata.quantizedLayers(reader, network), file, device, storage));
            try {
                model.fold.apply(new StoredVariables(reader), model.weights);
                return model;
            } catch (IOException | RuntimeException | Error problem) {
                model.close();
                throw problem;
            }
        } catch (IOException | RuntimeException | Error problem) {
            reader.close();
            throw problem;
        }
    }

    private static QuantizedLayers usable(QuantizedLayers stored, Path file, Device device, DataType storage) {
        if (!stored.any() || storage == DataType.FLOAT32 && device.dnn().maxFilterByte() > 0) {
            return stored;
        }
        LoggerFactory.getLogger(FoldedModel.class)
                .warn(
                        "{} has {} layers in int8, which is for float32 on the CPU: all layers run in {}",
                        file.getFileName(),
                        stored.names().size(),
                        storage.name().toLowerCase(Locale.ROOT));
        return QuantizedLayers.NONE;
    }

    /**
     * Loads a network to choose the layers on bytes: first there are none, {@link #quantize} may name any.
     *
     * @param device has convolutions on bytes
     */
    public static FoldedModel quantizable(Path file, Device device) throws IOException {
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            Network network = NetworkMetadata.network(reader);
            FoldedModel model = new FoldedModel(
                    device, network, null, DataType.FLOAT32, null, QuantizedLayers.of(network.layers()));
            try {
                model.fold.apply(new StoredVariables(reader), model.weights);
                model.quantize(QuantizedLayers.NONE);
                return model;
            } catch (IOException | RuntimeException | Error problem) {
                model.close();
                throw problem;
            }
        }
    }

    /**
     * Changes the layers on bytes of programs that are made afterwards.
     *
     * @param layers some of those that this was made with, with any ranges
     */
    public void quantize(QuantizedLayers layers) {
        if (!prepared.names().containsAll(layers.names())) {
            throw new IllegalArgumentException("no scales of filters for all of " + layers.names());
        }
        quantized = layers;
    }

    /** The layers on bytes. */
    public QuantizedLayers quantized() {
        return quantized;
    }

    /** Programs that are made afterwards pass each batch to {@code layerObserver}; empty for none. */
    public void observe(Optional<LayerObserver> layerObserver) {
        observer = layerObserver;
    }

    Optional<LayerObserver> observer() {
        return observer;
    }

    /**
     * A program over all variables that frees the memory of those it does not read, if it can. They are read again when
     * {@link #weights} is called, from the file, which therefore stays open; it may be deleted or replaced by another,
     * and an overwritten one is an error.
     */
    synchronized Program releasingProgram(Graph graph) {
        Weights all = weights();
        if (!all.isSeparate()) {
            return Program.frozen(device, graph, all);
        }
        try {
            return Program.releasing(device, graph, all);
        } finally {
            device.returnFreedMemory();
        }
    }

    /** The trained variables in a file. */
    private record StoredVariables(SafetensorsReader reader) implements Fold.Source {
        @Override
        public float[] read(String name) throws IOException {
            return TensorFile.requireFinite(reader.file(), name, reader.readAnyFloat(name, reader.shape(name)));
        }

        @Override
        public void read(String name, SafetensorsReader.Part part) throws IOException {
            reader.readFinite(name, reader.shape(name), part);
        }
    }

    /** Folds new values of the same network, for an evaluation during training. */
    public void update(Weights source) {
        fold.apply(trained == null ? network.variables() : trained, source, weights());
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

    /** The values of the variables, all of them in memory. */
    public synchronized Weights weights() {
        List<Tensor> released = weights.released();
        if (!released.isEmpty()) {
            try {
                file.requireUnchanged();
                released.forEach(weights::allocate);
                fold.apply(new StoredVariables(file), weights, released);
            } catch (IOException e) {
                weights.release(released);
                throw new UncheckedIOException(file.file() + " cannot be read again: " + e.getMessage(), e);
            } catch (RuntimeException | Error problem) {
                weights.release(released);
                throw problem;
            }
        }
        return weights;
    }

    @Override
    public void close() {
        weights.close();
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
