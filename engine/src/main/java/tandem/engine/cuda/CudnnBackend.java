package tandem.engine.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import jcuda.Pointer;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnBackendAttributeName;
import jcuda.jcudnn.cudnnBackendAttributeType;
import org.bytedeco.javacpp.BytePointer;
import tandem.engine.LibraryException;

/**
 * cuDNN's graph API for one handle, or for a GPU that is described only: it owns the descriptors and the piece of
 * native memory through which attributes travel, as JCudnn's calls pass no Java array on. For one thread at a time.
 */
final class CudnnBackend implements AutoCloseable {

    /** What {@link NativeLibrary} looks for before the first call. */
    static final List<String> FUNCTIONS = List.of(
            "cudnnBackendCreateDescriptor",
            "cudnnBackendDestroyDescriptor",
            "cudnnBackendSetAttribute",
            "cudnnBackendGetAttribute",
            "cudnnBackendFinalize",
            "cudnnBackendExecute");

    /** More than any array of an attribute has. */
    private static final int MAX_ELEMENTS = 256;

    // Of cuDNN 9.8 and later; JCudnn's classes are older.
    private static final int DEVICE_PROPERTIES = 38;
    private static final int DEVICE_PROPERTIES_JSON = 2702;
    private static final int TYPE_CHAR = 24;
    private static final int HEURISTICS_DEVICE = 204;
    private static final int PLAN_DEVICE = 407;
    private static final int ENGINE_DEVICE = 1307;

    /** Throws unless a status is success. */
    @FunctionalInterface
    interface Check {
        /** The call and what it was about are for the message. */
        void check(int status, String call, Object what);
    }

    private final Check check;
    private final long handle;
    private final BackendDescriptor device;
    private final ByteBuffer array;
    private final Pointer pointer;
    private final Set<BackendDescriptor> open = Collections.newSetFromMap(new IdentityHashMap<>());

    private CudnnBackend(Check check, long handle, String json) {
        byte[] text = json == null ? new byte[0] : json.getBytes(StandardCharsets.US_ASCII);
        this.check = check;
        this.handle = handle;
        this.array = ByteBuffer.allocateDirect(Math.max(8 * MAX_ELEMENTS, text.length))
                .order(ByteOrder.nativeOrder());
        this.pointer = DeviceAddress.of(new BytePointer(array).address());
        if (json == null) {
            this.device = null;
            return;
        }
        array.put(0, text);
        this.device = make(DEVICE_PROPERTIES, "description of a GPU");
        try {
            device.setBytes(DEVICE_PROPERTIES_JSON, TYPE_CHAR, text.length).ready();
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** For a library handle; {@code check} judges results. */
    static CudnnBackend of(long handle, Check check) {
        return new CudnnBackend(check, handle, null);
    }

    /**
     * For a GPU that need not be there, described by the attribute CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION of cuDNN
     * 9.8 and later: heuristics and plans, but no execution.
     */
    static CudnnBackend described(String json) {
        return new CudnnBackend(
                (status, call, what) -> {
                    if (status != 0) {
                        throw new LibraryException(
                                call + " of " + what + ": " + JCudnn.cudnnGetErrorString(status) + " (" + status + ")");
                    }
                },
                0,
                json);
    }

    /** The piece of native memory, for that many elements of at most 8 bytes. */
    ByteBuffer array(int elements) {
        if (elements > MAX_ELEMENTS) {
            throw new IllegalArgumentException(elements + " elements of an attribute, at most " + MAX_ELEMENTS);
        }
        return array;
    }

    /** Its address, as JCudnn takes it. */
    Pointer pointer() {
        return pointer;
    }

    void check(int status, String call, Object what) {
        check.check(status, call, what);
    }

    /** A new descriptor of that type. */
    BackendDescriptor make(int type, String name) {
        BackendDescriptor descriptor = new BackendDescriptor(this, name);
        check(JCudnn.cudnnBackendCreateDescriptor(type, descriptor), "cudnnBackendCreateDescriptor", name);
        open.add(descriptor);
        return descriptor;
    }

    /** Several new descriptors of that type. */
    BackendDescriptor[] make(int count, int type, String name) {
        BackendDescriptor[] made = new BackendDescriptor[count];
        for (int i = 0; i < count; i++) {
            made[i] = make(type, name);
        }
        return made;
    }

    /** States which GPU an operation graph is for. */
    BackendDescriptor forGraph(BackendDescriptor graph) {
        return device == null ? setHandle(graph, cudnnBackendAttributeName.CUDNN_ATTR_OPERATIONGRAPH_HANDLE) : graph;
    }

    /** States which GPU a query of the heuristics is for. */
    BackendDescriptor forHeuristics(BackendDescriptor heuristics) {
        return device == null ? heuristics : heuristics.set(HEURISTICS_DEVICE, device);
    }

    /** States which GPU an engine is for. */
    BackendDescriptor forEngine(BackendDescriptor engine) {
        return device == null ? engine : engine.set(ENGINE_DEVICE, device);
    }

    /** States which GPU a plan is for. */
    BackendDescriptor forPlan(BackendDescriptor plan) {
        return device == null
                ? setHandle(plan, cudnnBackendAttributeName.CUDNN_ATTR_EXECUTION_PLAN_HANDLE)
                : plan.set(PLAN_DEVICE, device);
    }

    private BackendDescriptor setHandle(BackendDescriptor descriptor, int attribute) {
        return descriptor.setAddresses(attribute, cudnnBackendAttributeType.CUDNN_TYPE_HANDLE, handle);
    }

    /** Destroys a descriptor; a second call does nothing. */
    void destroy(BackendDescriptor descriptor) {
        if (open.remove(descriptor)) {
            JCudnn.cudnnBackendDestroyDescriptor(descriptor);
        }
    }

    @Override
    public void close() {
        open.forEach(JCudnn::cudnnBackendDestroyDescriptor);
        open.clear();
    }
}
