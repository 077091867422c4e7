package tandem.engine.cpu;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Pointer;
import tandem.engine.Command;
import tandem.engine.Dnn;
import tandem.engine.Memory;

/** One or more oneDNN primitives that run one after the other as one command, with their temporaries in the workspace. */
final class OneDnnSequence implements Dnn.Primitive {

    /** Where a primitive's tensor lies: an argument of bind, or (negative) a temporary. */
    private record Use(int argument, dnnl_memory_desc layout, int place) {}

    private record Step(dnnl_primitive primitive, long scratchpadBytes, dnnl_memory_desc scratchpad, List<Use> uses) {}

    private final String name;
    private final Object sizes;
    private final OneDnn library;
    private final Allocations allocations;
    private final List<Step> steps = new ArrayList<>();
    private final List<String> implementations = new ArrayList<>();
    private final List<long[]> temporaries = new ArrayList<>();
    private long temporaryBytes;
    private long scratchpadBytes;

    OneDnnSequence(String name, Object sizes, OneDnn library, Allocations allocations) {
        this.name = name;
        this.sizes = sizes;
        this.library = library;
        this.allocations = allocations;
    }

    /** Adds a primitive; its tensors follow with {@link #use}. */
    OneDnnSequence step(dnnl_primitive_desc description) {
        dnnl_memory_desc scratchpad = OneDnn.layout(description, dnnl.dnnl_query_scratchpad_md, 0);
        long bytes = OneDnn.bytes(scratchpad);
        scratchpadBytes = Math.max(scratchpadBytes, bytes);
        steps.add(new Step(library.create(description, sizes), bytes, scratchpad, new ArrayList<>()));
        implementations.add(OneDnn.implementation(description));
        return this;
    }

    /** A tensor of the last added primitive. */
    OneDnnSequence use(int dnnlArgument, dnnl_memory_desc layout, int place) {
        steps.get(steps.size() - 1).uses().add(new Use(dnnlArgument, layout, place));
        return this;
    }

    /** A place in the workspace for {@code layout}, to be given to {@link #use}. */
    int temporary(dnnl_memory_desc layout) {
        temporaries.add(new long[] {temporaryBytes, OneDnn.bytes(layout)});
        temporaryBytes = align(temporaryBytes + OneDnn.bytes(layout));
        return -temporaries.size();
    }

    /** What oneDNN calls the implementations it chose. */
    List<String> implementations() {
        return implementations;
    }

    private static long align(long bytes) {
        return (bytes + 255) / 256 * 256;
    }

    @Override
    public long workspaceBytes() {
        return temporaryBytes + scratchpadBytes;
    }

    @Override
    public Command bind(Memory workspace, Memory... arguments) {
        if (workspace.bytes() < workspaceBytes()) {
            throw new IllegalArgumentException(name + " needs a workspace of " + workspaceBytes() + " bytes, got " + workspace.bytes());
        }
        return new Bound(workspace, arguments);
    }

    private static List<Memory> touched(Memory workspace, Memory[] arguments) {
        List<Memory> all = new ArrayList<>(List.of(arguments));
        all.add(workspace);
        return all;
    }

    private final class Bound extends CpuCommand {

        private final dnnl_primitive[] primitives = new dnnl_primitive[steps.size()];
        private final dnnl_exec_arg_t[] lists = new dnnl_exec_arg_t[steps.size()];
        private final int[] counts = new int[steps.size()];
        private final List<dnnl_memory> memories = new ArrayList<>();

        Bound(Memory workspace, Memory[] arguments) {
            super(name, allocations, touched(workspace, arguments));
            for (int i = 0; i < steps.size(); i++) {
                Step step = steps.get(i);
                Map<Integer, dnnl_memory> list = new LinkedHashMap<>();
                for (Use use : step.uses()) {
                    list.put(use.argument(), memory(use.layout(), place(use, workspace, arguments)));
                }
                if (step.scratchpadBytes() > 0) {
                    list.put(dnnl.DNNL_ARG_SCRATCHPAD, memory(step.scratchpad(), workspace.slice(temporaryBytes, step.scratchpadBytes())));
                }
                dnnl_exec_arg_t array = new dnnl_exec_arg_t(list.size());
                int at = 0;
                for (Map.Entry<Integer, dnnl_memory> entry : list.entrySet()) {
                    array.position(at++).arg(entry.getKey()).memory(entry.getValue());
                }
                primitives[i] = step.primitive();
                lists[i] = array.position(0);
                counts[i] = list.size();
            }
        }

        private Memory place(Use use, Memory workspace, Memory[] arguments) {
            Memory memory;
            if (use.place() < 0) {
                long[] range = temporaries.get(-1 - use.place());
                memory = workspace.slice(range[0], range[1]);
            } else {
                memory = arguments[use.place()];
            }
            long wanted = OneDnn.bytes(use.layout());
            if (memory.bytes() < wanted) {
                throw new IllegalArgumentException("argument " + (use.place() + 1) + " of " + name + " has " + memory.bytes()
                        + " bytes, but " + sizes + " needs " + wanted);
            }
            return memory;
        }

        private dnnl_memory memory(dnnl_memory_desc layout, Memory memory) {
            dnnl_memory handle = new dnnl_memory();
            OneDnn.check(dnnl.dnnl_memory_create(handle, layout, library.engine(), new Address(memory.address())), "dnnl_memory_create", sizes);
            memories.add(handle);
            return handle;
        }

        @Override
        void execute() {
            for (int i = 0; i < primitives.length; i++) {
                int status = dnnl.dnnl_primitive_execute(primitives[i], library.stream(), counts[i], lists[i]);
                if (status != dnnl.dnnl_success) {
                    OneDnn.check(status, name + ", dnnl_primitive_execute", sizes);
                }
            }
        }

        @Override
        void release() {
            memories.forEach(dnnl::dnnl_memory_destroy);
            for (dnnl_exec_arg_t list : lists) {
                list.close();
            }
        }
    }

    /** A raw address as JavaCPP wants it. */
    private static final class Address extends Pointer {
        Address(long address) {
            super((Pointer) null);
            this.address = address;
        }
    }
}
