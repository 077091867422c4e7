package tandem.engine;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;

/**
 * A record whose components are arguments of a kernel, in the order of its {@code .param} list. It is passed in their
 * place wherever a kernel launch takes arguments; a component may be such a record itself, or an array of arguments.
 *
 * <pre>{@code
 * record Copy(Tensor from, Tensor to, int elements, Divisor row) implements KernelArguments {}
 * }</pre>
 *
 * Kernels with more than eight arguments get theirs so.
 */
public interface KernelArguments {

    /** The arguments with every such record, and every array, replaced by what it holds. */
    static Object[] flatten(Object... arguments) {
        List<Object> flat = new ArrayList<>();
        add(flat, arguments);
        return flat.toArray();
    }

    private static void add(List<Object> flat, Object argument) {
        if (argument instanceof Object[] several) {
            for (Object one : several) {
                add(flat, one);
            }
        } else if (argument instanceof KernelArguments) {
            for (RecordComponent component : argument.getClass().getRecordComponents()) {
                add(flat, value(component, argument));
            }
        } else {
            flat.add(argument);
        }
    }

    private static Object value(RecordComponent component, Object record) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read " + component + " of " + record, e);
        }
    }
}
