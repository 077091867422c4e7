package tandem.model.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tandem.engine.Device;
import tandem.engine.Memory;
import tandem.model.batch.SamplerState;
import tandem.model.declaration.SettingsJson;
import tandem.model.declaration.StrictJson;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.TrainingSettings;
import tandem.model.weights.SafetensorsReader;
import tandem.model.weights.SafetensorsWriter;
import tandem.model.weights.TensorFile;
import tandem.model.weights.WeightsException;
import tandem.model.weights.WeightsFile;

/**
 * All data that a run needs to resume bit for bit, on the same device with the same number of threads. In the file, the
 * averaged weights have the names of the variables, so that a checkpoint is also a weights file. The trained weights
 * have the prefix {@code training/}, the averages of trained variables outside the network the prefix {@code average/};
 * the optimizer state is {@code optimizer/state}. Orders and augmentations are functions of {@link SamplerState}, so
 * there is no other random state.
 *
 * @param network the trained network
 * @param training training settings
 * @param augmentation augmentation settings
 * @param images number of training images, to detect another data set
 * @param pixels maximum number of pixels of a decoded training image, likewise
 * @param step number of steps done
 * @param sampler position in the data
 */
public record Checkpoint(
        NetworkSettings network,
        TrainingSettings training,
        AugmentationSettings augmentation,
        int images,
        int pixels,
        long step,
        SamplerState sampler) {

    private static final String FORMAT = "tandem checkpoint 1";
    private static final String TRAINING = "training/";
    private static final String AVERAGE = "average/";
    private static final String BALANCE = "balance";
    private static final String OPTIMIZER = "optimizer/state";
    private static final String LOSS_SCALE = "lossScale";

    private record Position(int images, int pixels, long step, SamplerState sampler) {
        Position {
            require(sampler, "sampler");
        }
    }

    private record BalanceState(List<Double> values) {
        BalanceState {
            require(values, "values");
            values.forEach(value -> require(value, "values"));
        }
    }

    private static void require(Object value, String name) {
        if (value == null) {
            throw new IllegalArgumentException(name + " is null");
        }
    }

    /** The content of the file for a run in this state. */
    public SafetensorsWriter content(RunState run) {
        SafetensorsWriter writer = NetworkMetadata.put(new SafetensorsWriter().put("format", FORMAT), network)
                .put("training", SettingsJson.write(training))
                .put("augmentation", SettingsJson.write(augmentation))
                .put(BALANCE, StrictJson.write(new BalanceState(run.balance())))
                .put("position", StrictJson.write(new Position(images, pixels, step, sampler)));
        run.lossScale().ifPresent(scale -> writer.put(LOSS_SCALE, StrictJson.write(scale)));
        WeightsFile.add(writer, "", run.variables(), run.average(), run.ofNetwork());
        WeightsFile.add(
                writer, AVERAGE, run.variables(), run.average(), run.ofNetwork().negate());
        WeightsFile.add(writer, TRAINING, run.variables(), run.weights());
        int elements = Math.toIntExact(run.optimizer().bytes() / Float.BYTES);
        return writer.add(OPTIMIZER, new int[] {elements}, () -> read(run.device(), run.optimizer()));
    }

    /**
     * Reads settings and position, not the weights.
     *
     * @throws WeightsException when it is not a checkpoint, or of another version
     */
    public static Checkpoint read(SafetensorsReader reader) throws WeightsException {
        Map<String, String> strings = reader.metadata();
        String file = reader.file().toString();
        if (!FORMAT.equals(strings.get("format"))) {
            throw new WeightsException(file + ": not a checkpoint of this version: its format is "
                    + strings.get("format") + ", expected " + FORMAT);
        }
        NetworkSettings network = NetworkMetadata.read(reader);
        try {
            TrainingSettings training = SettingsJson.read(file, strings.get("training"), TrainingSettings.class);
            AugmentationSettings augmentation =
                    SettingsJson.read(file, strings.get("augmentation"), AugmentationSettings.class);
            Position position = StrictJson.read(file, strings.get("position"), Position.class);
            return new Checkpoint(
                    network,
                    training,
                    augmentation,
                    position.images(),
                    position.pixels(),
                    position.step(),
                    position.sampler());
        } catch (IllegalArgumentException problem) {
            throw new WeightsException(problem.getMessage(), problem);
        }
    }

    /** Reads settings and position of a file. */
    public static Checkpoint read(Path file) throws IOException {
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            return read(reader);
        }
    }

    /**
     * Sets weights, average and optimizer state of a run made with this checkpoint's settings.
     *
     * @return the run with the state of balance and loss scale that the file has
     */
    public RunState restore(SafetensorsReader reader, RunState run) throws IOException {
        String file = reader.file().toString();
        float[] values = TensorFile.requireFinite(
                reader.file(),
                OPTIMIZER,
                reader.read(OPTIMIZER, Math.toIntExact(run.optimizer().bytes() / Float.BYTES)));
        WeightsFile.load(reader, TRAINING, run.variables(), run.weights());
        WeightsFile.load(reader, "", run.variables(), run.average(), run.ofNetwork());
        WeightsFile.load(
                reader, AVERAGE, run.variables(), run.average(), run.ofNetwork().negate());
        ByteBuffer bytes = direct(run.optimizer());
        bytes.asFloatBuffer().put(values);
        run.device().upload(bytes, run.optimizer());
        try {
            return new RunState(
                    run.device(),
                    run.variables(),
                    run.ofNetwork(),
                    run.weights(),
                    run.average(),
                    run.optimizer(),
                    StrictJson.read(file, reader.metadata().get(BALANCE), BalanceState.class)
                            .values(),
                    run.lossScale()
                            .map(scale ->
                                    StrictJson.read(file, reader.metadata().get(LOSS_SCALE), LossScaleState.class)));
        } catch (IllegalArgumentException problem) {
            throw new WeightsException(problem.getMessage(), problem);
        }
    }

    private static float[] read(Device device, Memory memory) {
        ByteBuffer bytes = direct(memory);
        device.download(memory, bytes.duplicate());
        float[] values = new float[bytes.capacity() / Float.BYTES];
        bytes.asFloatBuffer().get(values);
        return values;
    }

    private static ByteBuffer direct(Memory memory) {
        return ByteBuffer.allocateDirect(Math.toIntExact(memory.bytes())).order(ByteOrder.nativeOrder());
    }
}
