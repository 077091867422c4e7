package tandem.model.declaration;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import tandem.model.image.PixelSize;

/** A component of a settings record or of a record nested in it. Its declaration is read on first use. */
public final class Component {

    /** Components by the outermost record's class or the component that nests them: annotations are slow to read. */
    private static final Map<Object, List<Component>> KNOWN = Collections.synchronizedMap(new IdentityHashMap<>());

    private final String path;
    private final RecordComponent source;
    private final Component parent;
    private volatile Setting setting;

    private Component(RecordComponent source, Component parent) {
        this.path = parent == null ? source.getName() : parent.path + "." + source.getName();
        this.source = source;
        this.parent = parent;
    }

    private record Undeclared(@Setting int component) {}

    /** The components of a record type, in their order. */
    static List<Component> of(Class<?> record) {
        return of(record, null);
    }

    /** The components of the record nested in {@code parent}, or of the outermost record for null. */
    static List<Component> of(Class<?> record, Component parent) {
        return KNOWN.computeIfAbsent(parent == null ? record : parent, key -> List.copyOf(find(record, parent)));
    }

    private static List<Component> find(Class<?> record, Component parent) {
        List<Component> components = new ArrayList<>();
        for (RecordComponent source : record.getRecordComponents()) {
            components.add(new Component(source, parent));
        }
        return components;
    }

    /** All components that are no records, nested ones included, in the order of the records. */
    public static List<Component> leaves(Class<? extends Record> record) {
        return all(record).stream().filter(component -> !component.isRecord()).toList();
    }

    /** The same with the components that are records, each before its own components. */
    static List<Component> all(Class<? extends Record> record) {
        List<Component> all = new ArrayList<>();
        collect(record, null, all);
        return all;
    }

    private static void collect(Class<?> record, Component parent, List<Component> all) {
        for (Component component : of(record, parent)) {
            all.add(component);
            if (component.isRecord()) {
                collect(component.type(), component, all);
            }
        }
    }

    private static Setting own(RecordComponent source) {
        Setting declared = declaration(source, "");
        return declared == null ? Undeclared.class.getRecordComponents()[0].getAnnotation(Setting.class) : declared;
    }

    private static Setting declaration(RecordComponent source, String of) {
        return Stream.of(source.getAnnotationsByType(Setting.class))
                .filter(setting -> setting.of().equals(of))
                .findFirst()
                .orElse(null);
    }

    /** Names from the outermost record on, joined by dots, such as {@code losses.matching}. */
    public String path() {
        return path;
    }

    /** What is declared for it at this place; the defaults of {@link Setting} where nothing is. */
    public Setting setting() {
        if (setting == null) {
            Setting here = parent == null ? null : declaration(parent.source, source.getName());
            setting = here != null ? here : own(source);
        }
        return setting;
    }

    /** The name in its own record. */
    public String name() {
        return source.getName();
    }

    /** The place of {@link Setting#was} in files of a version; empty where it is the present one. */
    Optional<String> formerPlace(int schema) {
        for (int i = 0; i < setting().was().length; i++) {
            if (schema <= until(i)) {
                return Optional.of(setting().was()[i]);
            }
        }
        return Optional.empty();
    }

    private int until(int place) {
        return place < setting().until().length ? setting().until()[place] : 1;
    }

    /** The first version of the format in which this component is as it is now. */
    int version() {
        int places = setting().was().length;
        return Math.max(setting().since(), places == 0 ? 1 : until(places - 1) + 1);
    }

    /** The path of a field with another name in the same record, or, after a slash, in the outermost one. */
    String sibling(String other) {
        return other.startsWith("/") ? other.substring(1) : path.substring(0, path.length() - name().length()) + other;
    }

    /** Its type. */
    public Class<?> type() {
        return source.getType();
    }

    /** Its type with type arguments. */
    public Type genericType() {
        return source.getGenericType();
    }

    /** Whether it is a record of settings itself. */
    public boolean isRecord() {
        return type().isRecord() && type() != PixelSize.class;
    }

    /** The value in the record that has it, null in null. */
    Object in(Object record) {
        if (record == null) {
            return null;
        }
        try {
            source.getAccessor().setAccessible(true);
            return source.getAccessor().invoke(record);
        } catch (ReflectiveOperationException problem) {
            throw new IllegalStateException("cannot read " + path, problem);
        }
    }

    /**
     * A record of this type.
     *
     * @throws IllegalArgumentException of its constructor
     */
    static <T> T create(Class<T> record, List<Component> components, Function<Component, Object> values) {
        Class<?>[] types = components.stream().map(Component::type).toArray(Class<?>[]::new);
        Object[] arguments = components.stream().map(values).toArray();
        try {
            var constructor = record.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(arguments);
        } catch (InvocationTargetException rejected) {
            if (rejected.getCause() instanceof RuntimeException problem) {
                throw problem;
            }
            throw new IllegalStateException("cannot make " + record, rejected);
        } catch (ReflectiveOperationException problem) {
            throw new IllegalStateException("cannot make " + record, problem);
        }
    }

    /** The default value; empty when there is none. */
    Optional<Object> defaultValue() {
        return setting().value().equals(Setting.REQUIRED)
                ? Optional.empty()
                : Optional.of(Text.parse(genericType(), setting().value()));
    }

    /** The value that files of versions before this component imply, and keys without it; empty when there is none. */
    Optional<Object> impliedValue() {
        return setting().implied().isEmpty()
                ? defaultValue()
                : Optional.of(Text.parse(genericType(), setting().implied()));
    }

    /** Whether a nested record is null unless it is given. */
    boolean nullByDefault() {
        return setting().value().equals(Setting.NULL);
    }
}
