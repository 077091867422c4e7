package tandem.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import tandem.kernels.KernelEntry;

/**
 * An operation made of calls of a device's library ({@link Dnn}), each with its tensors in the order of the method that
 * makes the primitive, followed by kernel launches of a {@link KernelOperation} if there are any.
 */
public final class LibraryOperation extends BuiltOperation<LibraryOperation> {

    private final Function<Dnn, Dnn.Primitive> maker;
    private final List<Tensor> arguments;
    private KernelOperation afterwards;
    /** Null where nothing is prepared. */
    private Tensor preparable;

    private LibraryOperation(String name, Function<Dnn, Dnn.Primitive> maker, List<Tensor> arguments) {
        super(name);
        this.maker = maker;
        this.arguments = Collections.unmodifiableList(new ArrayList<>(arguments));
    }

    /**
     * An operation that reads and writes nothing yet.
     *
     * @param arguments the primitive's tensors in order, copied; null where one is not there
     */
    public static LibraryOperation of(String name, Function<Dnn, Dnn.Primitive> maker, Tensor... arguments) {
        return of(name, maker, Arrays.asList(arguments));
    }

    /** The same with the arguments as a list, such as that of {@link BatchNormArguments.Forward}. */
    public static LibraryOperation of(String name, Function<Dnn, Dnn.Primitive> maker, List<Tensor> arguments) {
        return new LibraryOperation(name, maker, arguments);
    }

    @Override
    LibraryOperation self() {
        return this;
    }

    @Override
    boolean leavesOutNulls() {
        return true;
    }

    /**
     * States that the primitive's preparation depends on this tensor alone: a frozen program prepares once, if the
     * tensor is a variable or a constant.
     */
    public LibraryOperation prepares(Tensor filter) {
        switch (filter.role()) {
            case PARAMETER, ROUNDED, STATE, CONSTANT -> preparable = filter;
            default -> preparable = null;
        }
        return this;
    }

    /** Launches that follow the library's call; they may use this operation's tensors only, and no scratch. */
    public LibraryOperation then(KernelOperation launches) {
        afterwards = launches;
        return this;
    }

    @Override
    public void appendTo(Graph graph) {
        for (Tensor argument : arguments) {
            if (argument != null) {
                requireListed(argument, "the device's library");
            }
        }
        super.appendTo(graph);
    }

    @Override
    public List<KernelEntry> kernels() {
        return afterwards == null ? List.of() : afterwards.kernels();
    }

    @Override
    public Lowered lower(Device device) {
        Dnn.Primitive primitive = maker.apply(device.dnn());
        return new Lowered() {
            @Override
            public long workspaceBytes() {
                return primitive.workspaceBytes();
            }

            @Override
            public List<Command> bind(Binding binding, Memory workspace) {
                Resources made = new Resources();
                try {
                    return commands(made, binding, primitive.bind(workspace, bound(binding)));
                } catch (RuntimeException | Error problem) {
                    made.closeAfter(problem);
                    throw problem;
                }
            }

            @Override
            public long preparedBytes() {
                return preparable != null ? primitive.preparedBytes() : 0;
            }

            @Override
            public long frozenWorkspaceBytes() {
                return preparedBytes() > 0 ? primitive.preparedWorkspaceBytes() : workspaceBytes();
            }

            @Override
            public Optional<Tensor> preparedFrom() {
                return preparedBytes() > 0 ? Optional.of(preparable) : Optional.empty();
            }

            @Override
            public Frozen freeze(Binding binding, Memory workspace, Memory prepared) {
                if (preparedBytes() == 0) {
                    return new Frozen(List.of(), bind(binding, workspace));
                }
                Memory[] memories = bound(binding);
                Resources made = new Resources();
                try {
                    Command once = made.add(primitive.bindPreparation(workspace, prepared, memories));
                    Command always = primitive.bindPrepared(workspace, prepared, memories);
                    return new Frozen(List.of(once), commands(made, binding, always));
                } catch (RuntimeException | Error problem) {
                    made.closeAfter(problem);
                    throw problem;
                }
            }

            private Memory[] bound(Binding binding) {
                Memory[] memories = new Memory[arguments.size()];
                for (int i = 0; i < memories.length; i++) {
                    Tensor argument = arguments.get(i);
                    memories[i] = argument == null ? Memory.NONE : Objects.requireNonNull(binding.of(argument));
                }
                return memories;
            }

            private List<Command> commands(Resources made, Binding binding, Command call) {
                List<Command> commands = new ArrayList<>();
                commands.add(made.add(call));
                if (afterwards != null) {
                    commands.addAll(afterwards.lower(device).bind(binding, Memory.NONE));
                }
                return commands;
            }
        };
    }
}
