package tandem.engine;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;

/**
 * One argument of a kernel, taken out of the records and arrays that it was passed in.
 *
 * @param path its place in them, such as {@code walk.byColumns.shift}; empty for an argument that was passed alone
 */
record FlatArgument(String path, Object value) {

    /** The arguments with every {@link KernelArguments}, and every array, replaced by what it holds. */
    static List<FlatArgument> of(Object... arguments) {
        List<FlatArgument> flat = new ArrayList<>();
        for (Object argument : arguments) {
            add(flat, "", argument);
        }
        return flat;
    }

    private static void add(List<FlatArgument> flat, String path, Object argument) {
        if (argument instanceof FlatArgument one) {
            flat.add(one);
        } else if (argument instanceof Object[] several) {
            for (int i = 0; i < several.length; i++) {
                add(flat, path + "[" + i + "]", several[i]);
            }
        } else if (argument instanceof KernelArguments) {
            if (!argument.getClass().isRecord()) {
                throw new IllegalArgumentException(argument.getClass().getName()
                        + " implements KernelArguments but is not a record: its arguments have no order");
            }
            for (RecordComponent component : argument.getClass().getRecordComponents()) {
                String name = component.getName();
                add(flat, path.isEmpty() ? name : path + "." + name, value(component, argument));
            }
        } else {
            flat.add(new FlatArgument(path, argument));
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

    /** The same place with another value. */
    FlatArgument with(Object other) {
        return new FlatArgument(path, other);
    }

    /** Its number for messages, from 1, with the path if it has one: {@code 3 (walk.byColumns.shift)}. */
    String place(int index) {
        return (index + 1) + (path.isEmpty() ? "" : " (" + path + ")");
    }
}
