package tandem.engine.cuda;

import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import jcuda.jcudnn.cudnnBackendAttributeName;
import jcuda.jcudnn.cudnnBackendAttributeType;
import jcuda.jcudnn.cudnnBackendDescriptorType;
import tandem.engine.DataType;
import tandem.engine.Resources;

/**
 * An engine of cuDNN's graph API with a value for each of its knobs, for one operation graph. Its text, such as
 * {@code 57:2=3,12=0} (engine 57, knob 2 at 3, knob 12 at 0), makes the same configuration again with the same version
 * of cuDNN.
 */
final class EngineConfiguration implements AutoCloseable {

    private static final int MAX_KNOBS = 64;
    private static final int MAX_NOTES = 32;

    private static final int TENSOR_CORE = 0;
    private static final int DOWN_CONVERT_INPUTS = 1;
    private static final int REDUCED_PRECISION_REDUCTION = 2;
    private static final int NONDETERMINISTIC = 4;
    private static final List<String> NUMERICAL = List.of(
            "tensor cores",
            "converts inputs down",
            "sums in reduced precision",
            "FFT",
            "not deterministic",
            "Winograd",
            "Winograd 4x4",
            "Winograd 6x6",
            "Winograd 13x13",
            "strict NaN");
    private static final int FFT = 3;
    private static final int WINOGRAD = 5;
    private static final int WINOGRAD_13X13 = 8;

    private static final int RUNTIME_COMPILATION = 0;
    private static final int REORDERED_FILTER = 1;
    private static final int REORDERED_BIAS = 2;
    private static final List<String> BEHAVIOR =
            List.of("compiled at run time", "reordered filter", "reordered bias", "native CUDA graph", "uses cuBLASLt");

    private static final Pattern TEXT = Pattern.compile("\\d+:(\\d+=-?\\d+(,\\d+=-?\\d+)*)?");

    private final BackendDescriptor descriptor;
    private final Resources owned;
    private final String text;
    private final int[] numerical;
    private final int[] behavior;

    private EngineConfiguration(
            BackendDescriptor descriptor, Resources owned, String text, int[] numerical, int[] behavior) {
        this.descriptor = descriptor;
        this.owned = owned;
        this.text = text;
        this.numerical = numerical;
        this.behavior = behavior;
    }

    /** Reads and takes over a configuration that the heuristics filled in. */
    static EngineConfiguration of(CudnnBackend backend, BackendDescriptor descriptor) {
        Resources owned = new Resources();
        owned.add(descriptor);
        BackendDescriptor[] knobs = new BackendDescriptor[0];
        try {
            BackendDescriptor engine =
                    owned.add(backend.make(cudnnBackendDescriptorType.CUDNN_BACKEND_ENGINE_DESCRIPTOR, "engine"));
            descriptor.fill(cudnnBackendAttributeName.CUDNN_ATTR_ENGINECFG_ENGINE, engine);
            knobs = backend.make(
                    MAX_KNOBS, cudnnBackendDescriptorType.CUDNN_BACKEND_KNOB_CHOICE_DESCRIPTOR, "knob choice");
            int count = descriptor.fill(cudnnBackendAttributeName.CUDNN_ATTR_ENGINECFG_KNOB_CHOICES, knobs);
            StringJoiner choices = new StringJoiner(",");
            for (int i = 0; i < Math.min(count, MAX_KNOBS); i++) {
                int[] type = knobs[i].enums(
                        cudnnBackendAttributeName.CUDNN_ATTR_KNOB_CHOICE_KNOB_TYPE,
                        cudnnBackendAttributeType.CUDNN_TYPE_KNOB_TYPE,
                        1);
                choices.add(
                        type[0] + "=" + knobs[i].number(cudnnBackendAttributeName.CUDNN_ATTR_KNOB_CHOICE_KNOB_VALUE));
            }
            long index = engine.number(cudnnBackendAttributeName.CUDNN_ATTR_ENGINE_GLOBAL_INDEX);
            return read(descriptor, engine, owned, index + ":" + choices);
        } catch (RuntimeException | Error e) {
            owned.closeAfter(e);
            throw e;
        } finally {
            for (BackendDescriptor knob : knobs) {
                knob.close();
            }
        }
    }

    /** Makes a configuration of an operation graph from its {@link #text}. */
    static EngineConfiguration of(CudnnBackend backend, BackendDescriptor graph, String text) {
        Resources owned = new Resources();
        try {
            int colon = text.indexOf(':');
            BackendDescriptor engine = owned.add(
                    backend.make(cudnnBackendDescriptorType.CUDNN_BACKEND_ENGINE_DESCRIPTOR, "engine " + text));
            backend.forEngine(engine)
                    .set(cudnnBackendAttributeName.CUDNN_ATTR_ENGINE_OPERATION_GRAPH, graph)
                    .set(
                            cudnnBackendAttributeName.CUDNN_ATTR_ENGINE_GLOBAL_INDEX,
                            Long.parseLong(text.substring(0, colon)))
                    .ready();
            String[] choices = colon + 1 == text.length()
                    ? new String[0]
                    : text.substring(colon + 1).split(",");
            BackendDescriptor[] knobs = new BackendDescriptor[choices.length];
            for (int i = 0; i < knobs.length; i++) {
                String[] choice = choices[i].split("=");
                knobs[i] = owned.add(backend.make(
                                cudnnBackendDescriptorType.CUDNN_BACKEND_KNOB_CHOICE_DESCRIPTOR,
                                "knob choice " + choices[i]))
                        .setEnum(
                                cudnnBackendAttributeName.CUDNN_ATTR_KNOB_CHOICE_KNOB_TYPE,
                                cudnnBackendAttributeType.CUDNN_TYPE_KNOB_TYPE,
                                Integer.parseInt(choice[0]))
                        .set(cudnnBackendAttributeName.CUDNN_ATTR_KNOB_CHOICE_KNOB_VALUE, Long.parseLong(choice[1]))
                        .ready();
            }
            BackendDescriptor descriptor = owned.add(backend.make(
                            cudnnBackendDescriptorType.CUDNN_BACKEND_ENGINECFG_DESCRIPTOR,
                            "configuration " + text + " of an engine"))
                    .set(cudnnBackendAttributeName.CUDNN_ATTR_ENGINECFG_ENGINE, engine);
            if (knobs.length > 0) {
                descriptor.set(cudnnBackendAttributeName.CUDNN_ATTR_ENGINECFG_KNOB_CHOICES, knobs);
            }
            return read(descriptor.ready(), engine, owned, text);
        } catch (RuntimeException | Error e) {
            owned.closeAfter(e);
            throw e;
        }
    }

    private static EngineConfiguration read(
            BackendDescriptor descriptor, BackendDescriptor engine, Resources owned, String text) {
        return new EngineConfiguration(
                descriptor,
                owned,
                text,
                engine.enums(
                        cudnnBackendAttributeName.CUDNN_ATTR_ENGINE_NUMERICAL_NOTE,
                        cudnnBackendAttributeType.CUDNN_TYPE_NUMERICAL_NOTE,
                        MAX_NOTES),
                engine.enums(
                        cudnnBackendAttributeName.CUDNN_ATTR_ENGINE_BEHAVIOR_NOTE,
                        cudnnBackendAttributeType.CUDNN_TYPE_BEHAVIOR_NOTE,
                        MAX_NOTES));
    }

    /** Returns {@code text} if it has the form of a configuration. */
    static String requireText(String text) {
        if (!TEXT.matcher(text).matches()) {
            throw new IllegalArgumentException(text + " is no engine with its knobs");
        }
        return text;
    }

    BackendDescriptor descriptor() {
        return descriptor;
    }

    /** Engine and knobs, without tabs or spaces. */
    String text() {
        return text;
    }

    /** What cuDNN notes about it, for people. */
    String notes() {
        StringJoiner words = new StringJoiner(", ");
        for (int note : numerical) {
            words.add(note < NUMERICAL.size() ? NUMERICAL.get(note) : "numerical note " + note);
        }
        for (int note : behavior) {
            words.add(note < BEHAVIOR.size() ? BEHAVIOR.get(note) : "behavior note " + note);
        }
        return words.toString();
    }

    /** Whether a plan of it compiles its kernel, which takes up to seconds. */
    boolean compiles() {
        return Arrays.stream(behavior).anyMatch(note -> note == RUNTIME_COMPILATION);
    }

    /**
     * Whether it may be used: with sums in float by plain multiplication and addition, on the tensors as they are. With
     * floats, tensor cores mean TF32.
     */
    boolean allowed(DataType type, boolean tensorFloat32, boolean deterministic) {
        boolean numbers = Arrays.stream(numerical)
                .noneMatch(note -> note == REDUCED_PRECISION_REDUCTION
                        || note == FFT
                        || note >= WINOGRAD && note <= WINOGRAD_13X13
                        || note == NONDETERMINISTIC && deterministic
                        || !type.half() && (note == DOWN_CONVERT_INPUTS || note == TENSOR_CORE && !tensorFloat32));
        return numbers && Arrays.stream(behavior).noneMatch(note -> note == REORDERED_FILTER || note == REORDERED_BIAS);
    }

    @Override
    public void close() {
        owned.close();
    }
}
