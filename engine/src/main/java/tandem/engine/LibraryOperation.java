package tandem.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * An operation made of calls of a device's library ({@link Dnn}), each with its tensors in the order of the method that makes
 * the primitive, followed by kernel launches of a {@link KernelOperation} if there are any.
 */
public final class LibraryOperation implements Operation {

    private final String name;
    private final Function<Dnn, Dnn.Primitive> maker;
    private final List<Tensor> arguments;
    private final List<Tensor> inputs = new ArrayList<>();
    private final List<Tensor> outputs = new ArrayList<>();
    private KernelOperation afterwards;
    private KernelOperation.Differential differential;

    private LibraryOperation(String name, Function<Dnn, Dnn.Primitive> maker, List<Tensor> arguments) {
        this.name = name;
        this.maker = maker;
        this.arguments = arguments;
    }

    /**
     * An operation that reads and writes nothing yet.
     *
     * @param arguments the primitive's tensors in order; null where one is not there
     */
    public static LibraryOperation of(String name, Function<Dnn, Dnn.Primitive> maker, Tensor... arguments) {
        List<Tensor> list = new ArrayList<>();
        for (Tensor argument : arguments) {
            list.add(argument);
        }
        return new LibraryOperation(name, maker, list);
    }

    /** Adds inputs; nulls are left out. */
    public LibraryOperation reads(Tensor... tensors) {
        addPresent(inputs, tensors);
        return this;
    }

    /** Adds outputs; nulls are left out. */
    public LibraryOperation writes(Tensor... tensors) {
        addPresent(outputs, tensors);
        return this;
    }

    private static void addPresent(List<Tensor> list, Tensor[] tensors) {
        for (Tensor tensor : tensors) {
            if (tensor != null) {
                list.add(tensor);
            }
        }
    }

    /** Launches that follow the library's call; they may use this operation's tensors only, and no scratch. */
    public LibraryOperation then(KernelOperation launches) {
        afterwards = launches;
        return this;
    }

    /** Says how to differentiate it; without this no gradient passes through. */
    public LibraryOperation gradient(KernelOperation.Differential rule) {
        differential = rule;
        return this;
    }

    /** Adds it to the graph. */
    public void appendTo(Graph graph) {
        for (Tensor argument : arguments) {
            if (argument != null && !inputs.contains(argument) && !outputs.contains(argument)) {
                throw new IllegalArgumentException(name + " uses " + argument + " but does not list it as read or written");
            }
        }
        graph.add(this);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Tensor> inputs() {
        return inputs;
    }

    @Override
    public List<Tensor> outputs() {
        return outputs;
    }

    @Override
    public List<Tensor> differentiate(Graph graph, List<Tensor> outputGradients, boolean[] wanted) {
        if (differential == null) {
            List<Tensor> none = new ArrayList<>();
            inputs.forEach(input -> none.add(null));
            return none;
        }
        return differential.apply(graph, outputGradients, wanted);
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
                Memory[] bound = new Memory[arguments.size()];
                for (int i = 0; i < bound.length; i++) {
                    Tensor argument = arguments.get(i);
                    bound[i] = argument == null ? Memory.NONE : Objects.requireNonNull(binding.of(argument));
                }
                List<Command> commands = new ArrayList<>();
                commands.add(primitive.bind(workspace, bound));
                if (afterwards != null) {
                    commands.addAll(afterwards.lower(device).bind(binding, Memory.NONE));
                }
                return commands;
            }
        };
    }
}
