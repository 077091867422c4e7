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
import tandem.engine.memory.Allocations;
import tandem.engine.memory.BufferCommand;

/**
 * One or more oneDNN primitives that run one after the other as one command, with their temporaries in the workspace.
 */
final class OneDnnSequence implements Dnn.Primitive {

    /** Where a primitive's tensor lies: an argument of bind, or (negative) a temporary. */
    private record Use(int argument, dnnl_memory_desc layout, int place) {}

    private record Step(
            dnnl_primitive primitive,
            long scratchpadBytes,
            dnnl_memory_desc scratchpad,
            List<Use> uses,
            Map<Integer, dnnl_memory> constants) {}

    private final String name;
    private final int count;
    private final Object sizes;
    private final OneDnn library;
    private final Allocations allocations;
    private final List<Step> steps = new ArrayList<>();
    private final List<String> implementations = new ArrayList<>();
    private final List<long[]> temporaries = new ArrayList<>();
    private int preparationSteps;
    private long preparedBytes;
    private int threads = 1;
    private long temporaryBytes;
    private long scratchpadBytes;

    /** @param count how many arguments {@link #bind} takes */
    OneDnnSequence(String name, int count, Object sizes, OneDnn library, Allocations allocations) {
        this.name = name;
        this.count = count;
        this.sizes = sizes;
        this.library = library;
        this.allocations = allocations;
    }

    /** Adds a primitive; its tensors follow with {@link #use}. */
    OneDnnSequence step(dnnl_primitive_desc description) {
        dnnl_memory_desc scratchpad = OneDnn.layout(description, dnnl.dnnl_query_scratchpad_md, 0);
        long bytes = OneDnn.bytes(scratchpad);
        scratchpadBytes = Math.max(scratchpadBytes, bytes);
        steps.add(new Step(
                library.create(description, sizes), bytes, scratchpad, new ArrayList<>(), new LinkedHashMap<>()));
        implementations.add(OneDnn.implementation(description));
        return this;
    }

    /** A tensor of the last added primitive. */
    OneDnnSequence use(int dnnlArgument, dnnl_memory_desc layout, int place) {
        steps.get(steps.size() - 1).uses().add(new Use(dnnlArgument, layout, place));
        return this;
    }

    /** Memory of the library that the last added primitive reads in every run. */
    OneDnnSequence constant(int dnnlArgument, dnnl_memory memory) {
        steps.get(steps.size() - 1).constants().put(dnnlArgument, memory);
        return this;
    }

    /** A place in the workspace for {@code layout}, to be given to {@link #use}. */
    int temporary(dnnl_memory_desc layout) {
        temporaries.add(new long[] {temporaryBytes, OneDnn.bytes(layout)});
        temporaryBytes = Memory.aligned(temporaryBytes + OneDnn.bytes(layout));
        return -temporaries.size();
    }

    /**
     * States that the steps so far depend on the filter alone, so that a frozen program can run them once and store the
     * temporaries.
     */
    OneDnnSequence preparationEnds() {
        preparationSteps = steps.size();
        preparedBytes = temporaryBytes;
        return this;
    }

    /** Whether the preparation of the other leaves the same in memory, if it begins with the same filter. */
    boolean preparesLike(OneDnnSequence other) {
        if (preparedBytes != other.preparedBytes || preparationSteps != other.preparationSteps) {
            return false;
        }
        for (int i = 0; i < preparationSteps; i++) {
            List<Use> uses = steps.get(i).uses();
            List<Use> others = other.steps.get(i).uses();
            for (int j = 0; j < uses.size(); j++) {
                if (dnnl.dnnl_memory_desc_equal(
                                uses.get(j).layout(), others.get(j).layout())
                        == 0) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The layout of an argument of {@link #bind}, as the first primitive that uses it requires it. */
    dnnl_memory_desc layout(int argument) {
        return steps.stream()
                .flatMap(step -> step.uses().stream())
                .filter(use -> use.place() == argument)
                .findFirst()
                .orElseThrow()
                .layout();
    }

    /** How many threads work on it; they must be those it was made with. */
    OneDnnSequence withThreads(int count) {
        threads = count;
        return this;
    }

    /** What oneDNN calls the implementations it chose. */
    List<String> implementations() {
        return implementations;
    }

    @Override
    public long workspaceBytes() {
        return temporaryBytes + scratchpadBytes;
    }

    @Override
    public Command bind(Memory workspace, Memory... arguments) {
        requireCount(arguments);
        requireWorkspace(workspace, workspaceBytes());
        return new Bound(
                0,
                steps.size(),
                workspace.slice(0, preparedBytes),
                workspace.slice(preparedBytes, workspace.bytes() - preparedBytes),
                arguments);
    }

    @Override
    public long preparedBytes() {
        return preparedBytes;
    }

    @Override
    public long preparedWorkspaceBytes() {
        return workspaceBytes() - preparedBytes;
    }

    @Override
    public Command bindPreparation(Memory workspace, Memory prepared, Memory... arguments) {
        requireCount(arguments);
        requireWorkspace(workspace, preparedWorkspaceBytes());
        return new Bound(0, preparationSteps, prepared, workspace, arguments);
    }

    @Override
    public Command bindPrepared(Memory workspace, Memory prepared, Memory... arguments) {
        requireCount(arguments);
        requireWorkspace(workspace, preparedWorkspaceBytes());
        return new Bound(preparationSteps, steps.size(), prepared, workspace, arguments);
    }

    private void requireWorkspace(Memory workspace, long bytes) {
        if (workspace.bytes() < bytes) {
            throw new IllegalArgumentException(
                    name + " needs a workspace of " + bytes + " bytes, got " + workspace.bytes());
        }
    }

    /** Rejects another number of arguments than the method of {@link Dnn} states. */
    void requireCount(Memory[] arguments) {
        if (arguments.length != count) {
            throw new IllegalArgumentException(name + " takes " + count + " arguments, not " + arguments.length);
        }
    }

    /** What some steps use: those after the preparation do not use the filter, which may then be released. */
    private static List<Memory> touched(List<Step> steps, Memory prepared, Memory rest, Memory[] arguments) {
        List<Memory> all = new ArrayList<>(List.of(prepared, rest));
        steps.stream()
                .flatMap(step -> step.uses().stream())
                .mapToInt(Use::place)
                .filter(place -> place >= 0)
                .distinct()
                .forEach(place -> all.add(arguments[place]));
        return all;
    }

    /**
     * Some of the steps with their addresses. The first temporaries lie in {@code prepared}, the others in
     * {@code rest}.
     */
    private final class Bound extends BufferCommand implements CpuLanes.Alone, CpuRecording.LibraryCall {

        private final dnnl_primitive[] primitives;
        private final dnnl_exec_arg_t[] lists;
        private final int[] counts;
        private final List<dnnl_memory> memories = new ArrayList<>();

        Bound(int firstStep, int endStep, Memory prepared, Memory rest, Memory[] arguments) {
            super(name, allocations, touched(steps.subList(firstStep, endStep), prepared, rest, arguments));
            primitives = new dnnl_primitive[endStep - firstStep];
            lists = new dnnl_exec_arg_t[primitives.length];
            counts = new int[primitives.length];
            try {
                for (int i = 0; i < primitives.length; i++) {
                    fill(i, steps.get(firstStep + i), prepared, rest, arguments);
                }
            } catch (RuntimeException | Error problem) {
                close();
                throw problem;
            }
        }

        private void fill(int i, Step step, Memory prepared, Memory rest, Memory[] arguments) {
            Map<Integer, dnnl_memory> list = new LinkedHashMap<>(step.constants());
            for (Use use : step.uses()) {
                list.put(use.argument(), memory(use.layout(), place(use, prepared, rest, arguments)));
            }
            if (step.scratchpadBytes() > 0) {
                list.put(
                        dnnl.DNNL_ARG_SCRATCHPAD,
                        memory(step.scratchpad(), rest.slice(temporaryBytes - preparedBytes, step.scratchpadBytes())));
            }
            dnnl_exec_arg_t array = new dnnl_exec_arg_t(list.size());
            lists[i] = array;
            int at = 0;
            for (Map.Entry<Integer, dnnl_memory> entry : list.entrySet()) {
                array.position(at++).arg(entry.getKey()).memory(entry.getValue());
            }
            primitives[i] = step.primitive();
            array.position(0);
            counts[i] = list.size();
        }

        private Memory place(Use use, Memory prepared, Memory rest, Memory[] arguments) {
            Memory memory;
            if (use.place() < 0) {
                long[] range = temporaries.get(-1 - use.place());
                memory = range[0] < preparedBytes
                        ? prepared.slice(range[0], range[1])
                        : rest.slice(range[0] - preparedBytes, range[1]);
            } else {
                memory = arguments[use.place()];
            }
            long wanted = OneDnn.bytes(use.layout());
            if (memory.bytes() < wanted) {
                throw new IllegalArgumentException("argument " + (use.place() + 1) + " of " + name + " has "
                        + memory.bytes() + " bytes, but " + sizes + " needs " + wanted);
            }
            return memory;
        }

        private dnnl_memory memory(dnnl_memory_desc layout, Memory memory) {
            dnnl_memory handle = new dnnl_memory();
            OneDnn.check(
                    dnnl.dnnl_memory_create(handle, layout, library.engine(), new Address(memory.address())),
                    "dnnl_memory_create",
                    sizes);
            memories.add(handle);
            return handle;
        }

        @Override
        public boolean usesLibraryThreads() {
            return threads > 1;
        }

        @Override
        public void runAlone() {
            execute();
        }

        @Override
        protected void execute() {
            OpenMp.useThreads(threads);
            for (int i = 0; i < primitives.length; i++) {
                int status = dnnl.dnnl_primitive_execute(primitives[i], library.stream(), counts[i], lists[i]);
                if (status != dnnl.dnnl_success) {
                    OneDnn.check(status, name + ", dnnl_primitive_execute", sizes);
                }
            }
        }

        @Override
        protected void release() {
            memories.forEach(dnnl::dnnl_memory_destroy);
            for (dnnl_exec_arg_t list : lists) {
                if (list != null) {
                    list.close();
                }
            }
        }
    }

    /** A raw address in the form that JavaCPP requires. */
    private static final class Address extends Pointer {
        Address(long address) {
            super((Pointer) null);
            this.address = address;
        }
    }
}
