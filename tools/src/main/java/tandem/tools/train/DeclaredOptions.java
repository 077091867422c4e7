package tandem.tools.train;

import java.lang.reflect.ParameterizedType;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import tandem.model.declaration.Component;
import tandem.model.declaration.Labels;
import tandem.model.declaration.Setting;
import tandem.model.declaration.SettingsRecord;
import tandem.model.declaration.Text;
import tandem.model.image.PixelSize;
import tandem.tools.InputException;

/** The options that the components of settings records declare; see {@link Setting}. A mixin of commands. */
@Command
final class DeclaredOptions {

    private final Map<String, OptionSpec> byName = new LinkedHashMap<>();

    /** Gives the options to the command. */
    @Spec(Spec.Target.MIXEE)
    private void command(CommandSpec command) {
        byName.values().forEach(command::addOption);
    }

    /**
     * Options for the components of a record type that have one.
     *
     * @param defaults what help texts give as defaults, by paths of components
     * @param wanted which paths
     */
    DeclaredOptions(Class<? extends Record> type, Map<String, ?> defaults, Predicate<String> wanted) {
        for (Component component : Component.leaves(type)) {
            String[] names = component.setting().option();
            if (names.length > 0 && !byName.containsKey(names[0]) && wanted.test(component.path())) {
                byName.put(names[0], option(component, defaults.get(component.path())));
            }
        }
    }

    private static OptionSpec option(Component component, Object defaultValue) {
        Setting setting = component.setting();
        OptionSpec.Builder option = OptionSpec.builder(
                        Arrays.stream(setting.option()).toArray(String[]::new))
                .order(setting.order())
                .required(false)
                .description(help(setting, defaultValue));
        if (!setting.presence().isEmpty()) {
            return option.type(Boolean.class).arity("0").build();
        }
        Class<?> type = component.type();
        if (type == boolean.class) {
            return option.type(Boolean.class).arity("0").negatable(true).build();
        }
        option.paramLabel(setting.param()).type(boxed(type));
        if (type.isEnum()) {
            option.completionCandidates(Labels.all(type)).converters(text -> label(type, text));
        } else if (component.genericType() instanceof ParameterizedType generic) {
            option.auxiliaryTypes(Arrays.stream(generic.getActualTypeArguments())
                    .map(argument -> (Class<?>) argument)
                    .toArray(Class<?>[]::new));
            option.splitRegex(",");
            if (generic.getActualTypeArguments()[0] == PixelSize.class) {
                option.converters(new PixelSizeConverter());
            }
        }
        return option.build();
    }

    private static String help(Setting setting, Object defaultValue) {
        String text = setting.help().replace("%", "%%");
        return defaultValue == null
                        || text.contains("efault: ")
                        || !setting.presence().isEmpty()
                ? text
                : text + " Default: " + Text.of(defaultValue) + ".";
    }

    private static Object label(Class<?> type, String text) {
        try {
            return Labels.parse(type, text);
        } catch (IllegalArgumentException unknown) {
            throw new TypeConversionException(unknown.getMessage());
        }
    }

    private static Class<?> boxed(Class<?> type) {
        return type == int.class
                ? Integer.class
                : type == long.class
                        ? Long.class
                        : type == float.class ? Float.class : type == double.class ? Double.class : type;
    }

    /** The value of an option by its main name, null when it is not given. */
    Object value(String name) {
        return byName.get(name).getValue();
    }

    /** Whether an option is given. */
    boolean given(String name) {
        return value(name) != null;
    }

    /** The main names of the options that are given. */
    List<String> given() {
        return byName.keySet().stream().filter(this::given).toList();
    }

    /**
     * Settings with the values of the options that are given.
     *
     * @throws InputException for settings that cannot be
     */
    <T extends Record> T apply(T base) {
        try {
            return SettingsRecord.with(base, component -> {
                String[] names = component.setting().option();
                OptionSpec option = names.length == 0 ? null : byName.get(names[0]);
                Object given = option == null ? null : option.getValue();
                String presence = component.setting().presence();
                return given == null || presence.isEmpty() ? given : Text.parse(component.genericType(), presence);
            });
        } catch (IllegalArgumentException problem) {
            throw new InputException(problem.getMessage());
        }
    }
}
