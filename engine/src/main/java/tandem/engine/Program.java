package tandem.engine;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tandem.kernels.Catalogue;
import tandem.kernels.KernelEntry;

/**
 * A planned graph with memory, ready to be replayed. After it is made, nothing is allocated. Each method has the
 * device's lock while it runs; several calls that belong together, such as an upload, a run and a download, are one
 * unit for other threads only within {@link Device#lock}.
 */
public final class Program implements AutoCloseable {

    /**
     * Memory that several programs of one device may share, since they run one after the other: activations, workspace
     * and (but for frozen programs) variables in 16 bits, sized for the largest of the plans. A kept tensor can be read
     * until another program of the same arena runs.
     */
    public static final class Arena implements AutoCloseable {
        private final Resources owned = new Resources();
        private final Buffer activations;
        private final Buffer workspace;
        private final Buffer rounded;

        /** Allocates for the largest of {@code plans}. */
        public Arena(Device device, Plan... plans) {
            long activationBytes = 0;
            long workspaceBytes = 0;
            long roundedBytes = 0;
            for (Plan plan : plans) {
                activationBytes = Math.max(activationBytes, plan.activationBytes());
                workspaceBytes = Math.max(workspaceBytes, plan.workspaceBytes());
                roundedBytes = Math.max(roundedBytes, plan.isFrozen() ? 0 : plan.roundedBytes());
            }
            try {
                activations = owned.add(device.allocate(activationBytes, "activations"));
                workspace = owned.add(device.allocate(workspaceBytes, "workspace"));
                rounded = owned.add(device.allocate(roundedBytes, "variables in 16 bits"));
            } catch (RuntimeException | Error problem) {
                owned.closeAfter(problem);
                throw problem;
            }
        }

        @Override
        public void close() {
            owned.close();
        }
    }

    private final Device device;
    private final Plan plan;
    private final Graph graph;
    private final Weights weights;
    private final Gradients gradients;
    private final Arena arena;
    private final Buffer inputs;
    private final Buffer rounded;
    private final List<Command> first;
    private final List<List<Command>> commands;
    private final Recording preparation;
    private final Recording recording;
    private final Profile profile;
    private final Map<Tensor, Memory> memories = new HashMap<>();
    private final Resources owned;
    private final boolean releases;
    private boolean fresh;
    private boolean closed;

    /**
     * Fixes every address and makes every command.
     *
     * @param gradients where parameter gradients go; null when the graph has none
     */
    public Program(Device device, Plan plan, Weights weights, Gradients gradients, Arena arena) {
        this(device, plan, weights, gradients, arena, false, new Resources());
    }

    /** @param owned what is closed with this program, and when this constructor fails */
    private Program(
            Device device,
            Plan plan,
            Weights weights,
            Gradients gradients,
            Arena arena,
            boolean releases,
            Resources owned) {
        this.owned = owned;
        this.device = device;
        this.plan = plan;
        this.graph = plan.graph();
        this.weights = weights;
        this.gradients = gradients;
        this.arena = arena;
        this.releases = releases;
        this.fresh = releases;
        try {
            requireRoom();
            this.inputs = owned.add(device.allocate(plan.inputBytes(), "inputs and constants"));
            this.rounded =
                    owned.add(device.allocate(plan.isFrozen() ? plan.roundedBytes() : 0, "variables in 16 bits"));
            graph.constants().forEach((tensor, bytes) -> device.upload(bytes.duplicate(), memory(tensor)));
            List<Command> rounding = plan.roundedType()
                    .map(this::rounding)
                    .map(owned::add)
                    .map(List::of)
                    .orElse(List.of());
            List<Command> once = new ArrayList<>(plan.isFrozen() ? rounding : List.of());
            this.first = plan.isFrozen() ? List.of() : rounding;
            this.commands = bind(once);
            this.preparation = owned.add(device.record(once));
            this.recording = owned.add(device.record(
                    Stream.concat(first.stream(), commands.stream().flatMap(List::stream))
                            .toList()));
            this.profile = owned.add(new Profile(device, graph.operations(), first, commands));
        } catch (RuntimeException | Error problem) {
            owned.closeAfter(problem);
            throw problem;
        }
    }

    private void requireRoom() {
        require(
                plan.activationBytes() <= arena.activations.memory().bytes()
                        && plan.workspaceBytes() <= arena.workspace.memory().bytes()
                        && (plan.isFrozen()
                                || plan.roundedBytes() <= arena.rounded.memory().bytes()),
                "the arena is smaller than the plan needs; make it with this plan among its plans");
        require(
                plan.gradientBytes() == 0
                        || gradients != null
                                && plan.gradientBytes() <= gradients.sets().bytes(),
                "the graph has parameter gradients, so the program needs Gradients with as many sets");
    }

    /** All variables to 16 bits in one kernel launch. */
    private Command rounding(DataType type) {
        KernelEntry kernel = Catalogue.find(type.kernel("cast_to"));
        Memory variables = weights.all();
        int n = Math.toIntExact(variables.bytes() / Float.BYTES);
        return device.launch(kernel, kernel.elements((n + 3L) / 4), variables, roundedMemory(), n);
    }

    private Memory roundedMemory() {
        return (plan.isFrozen() ? rounded : arena.rounded).memory().slice(0, plan.roundedBytes());
    }

    /** The commands of each operation. The program owns each from the time it is made, as a later one may fail. */
    private List<List<Command>> bind(List<Command> once) {
        List<List<Command>> bound = new ArrayList<>();
        Map<Integer, List<Tensor>> released = releases ? plan.unreadAfter() : Map.of();
        List<Operation> operations = graph.operations();
        for (int i = 0; i < operations.size(); i++) {
            Operation.Lowered lowered = plan.lowered().get(i);
            Memory workspace = arena.workspace.memory().slice(0, plan.workspaceBytes(lowered));
            try {
                if (plan.isFrozen()) {
                    Operation.Frozen both = lowered.freeze(this::memory, workspace, prepared(lowered));
                    both.once().forEach(owned::add);
                    both.always().forEach(owned::add);
                    bound.add(both.always());
                    if (releases) {
                        both.once().forEach(Command::run);
                        weights.release(released.getOrDefault(i, List.of()));
                    } else {
                        once.addAll(both.once());
                    }
                } else {
                    List<Command> made = lowered.bind(this::memory, workspace);
                    made.forEach(owned::add);
                    bound.add(made);
                }
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "operation " + i + ", " + operations.get(i).name() + ": " + e.getMessage(), e);
            }
        }
        return bound;
    }

    private Memory prepared(Operation.Lowered lowered) {
        return lowered.preparedBytes() == 0
                ? Memory.NONE
                : owned.add(device.allocate(lowered.preparedBytes(), "prepared filters"))
                        .memory();
    }

    /** A program with an arena of its own, for tests and single graphs. */
    public static Program of(Device device, Graph graph, Weights weights, Gradients gradients) {
        return withArena(device, Plan.of(graph, device), weights, gradients, false);
    }

    /** A program of {@link Plan#frozen} with an arena of its own, for inference. */
    public static Program frozen(Device device, Graph graph, Weights weights) {
        return withArena(device, Plan.frozen(graph, device), weights, null, false);
    }

    /**
     * The same, and each variable that runs do not read, as what depends on it is stored, is released from
     * {@code weights} as soon as that is computed: there are never two copies of all filters. It cannot be refreshed.
     *
     * @param weights made by {@link Weights#separate}
     */
    public static Program releasing(Device device, Graph graph, Weights weights) {
        return withArena(device, Plan.frozen(graph, device), weights, null, true);
    }

    private static Program withArena(Device device, Plan plan, Weights weights, Gradients gradients, boolean releases) {
        Resources owned = new Resources();
        Arena arena = owned.add(new Arena(device, plan));
        return new Program(device, plan, weights, gradients, arena, releases, owned);
    }

    /** What it runs. */
    public Plan plan() {
        return plan;
    }

    /** Time per operation; off at first. */
    public Profile profile() {
        return profile;
    }

    /**
     * Writes an input; {@code values} must hold exactly its bytes, in native order.
     *
     * @throws IllegalArgumentException for a tensor that is no input of the graph, or another number of bytes
     */
    public void upload(Tensor input, ByteBuffer values) {
        requireBytes(input, values);
        uploadStart(input, values);
    }

    /**
     * Writes the first bytes of an input, native order; what follows stays as it is.
     *
     * @throws IllegalArgumentException for a tensor that is no input of the graph, or more bytes than it has
     */
    public void uploadStart(Tensor input, ByteBuffer values) {
        enter();
        try {
            if (input.role() != Tensor.Role.INPUT) {
                throw new IllegalArgumentException(input + " is " + input.role() + ", not an input");
            }
            device.upload(values, memory(input));
        } finally {
            exit();
        }
    }

    /**
     * Computes again what a frozen plan stores; to be called when weights have changed since the first run or the last
     * refresh. Does nothing for a plan that is not frozen.
     *
     * @throws IllegalStateException for a program that has released its variables
     */
    public void refresh() {
        enter();
        try {
            if (releases) {
                throw new IllegalStateException("the variables of this program were released");
            }
            preparation.replay();
            fresh = true;
        } finally {
            exit();
        }
    }

    /** Runs all operations; the first run refreshes first. */
    public void run() {
        enter();
        try {
            requireFresh();
            if (profile.enabled()) {
                profile.run();
            } else {
                recording.replay();
            }
        } finally {
            exit();
        }
    }

    /**
     * Runs once more, operation by operation, and searches for values that are not a number or infinite. Slow; for the
     * message of an error.
     *
     * @return the first in the order of the run, if there is one
     */
    public Optional<NonFiniteSearch.Finding> findNonFinite() {
        enter();
        try {
            first.forEach(Command::run);
            return new NonFiniteSearch(device, this).run(graph, commands);
        } finally {
            exit();
        }
    }

    /**
     * Waits, then reads a kept tensor (or an input, constant, variable or parameter gradient) into {@code values},
     * native order.
     *
     * @throws IllegalArgumentException for an activation that is not kept, or another number of bytes
     */
    public void download(Tensor tensor, ByteBuffer values) {
        enter();
        try {
            requireKept(tensor);
            requireBytes(tensor, values);
            device.download(memory(tensor), values);
        } finally {
            exit();
        }
    }

    private void requireKept(Tensor tensor) {
        Tensor base = graph.base(tensor);
        if (base.role() == Tensor.Role.ACTIVATION
                && plan.gradientOwner(base) == null
                && !graph.kept().contains(base)) {
            throw new IllegalArgumentException(tensor + " is not kept, so its memory may hold something else by now; "
                    + "call Graph.keep on it before planning");
        }
    }

    /** The memory of a tensor of the graph. */
    public Memory memory(Tensor tensor) {
        device.lock().enter();
        try {
            Memory known = memories.get(tensor);
            if (known == null) {
                known = locate(tensor);
                memories.put(tensor, known);
            }
            return known;
        } finally {
            exit();
        }
    }

    private Memory locate(Tensor tensor) {
        Tensor base = graph.base(tensor);
        return switch (base.role()) {
            case INPUT, CONSTANT -> inputs.memory().slice(plan.inputOffset(base), base.bytes());
            case ROUNDED -> roundedMemory().slice(plan.roundedOffset(base), base.bytes());
            case PARAMETER, STATE -> weights(base).of(base);
            case ACTIVATION -> {
                Plan.GradientPlace owner = plan.gradientOwner(base);
                yield owner != null
                        ? gradients.of(owner.parameter(), owner.set())
                        : arena.activations.memory().slice(plan.activationOffset(base), base.bytes());
            }
        };
    }

    private Weights weights(Tensor variable) {
        if (weights == null) {
            throw new IllegalArgumentException(variable + " is a variable, so the program needs Weights");
        }
        return weights;
    }

    private void requireFresh() {
        if (!fresh) {
            refresh();
        }
    }

    private void enter() {
        device.lock().enter();
        if (closed) {
            exit();
            throw new IllegalStateException("this program is closed");
        }
    }

    private void exit() {
        device.lock().exit();
    }

    private static void requireBytes(Tensor tensor, ByteBuffer values) {
        if (values.remaining() != tensor.bytes()) {
            throw new IllegalArgumentException(
                    tensor + " has " + tensor.bytes() + " bytes, the buffer " + values.remaining());
        }
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    @Override
    public void close() {
        device.lock().enterToClose();
        try {
            closed = true;
            owned.close();
        } finally {
            exit();
        }
    }
}
