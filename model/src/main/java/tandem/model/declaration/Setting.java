package tandem.model.declaration;

import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares a component of a settings record: its default, its option on the command line, and how files of other
 * versions are read. Nothing else has to be written for a setting beside the component and its use: command line, JSON,
 * tables of settings and the table of options follow from this.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@Repeatable(NestedSettings.class)
public @interface Setting {

    /** {@link #value} of a component that has no default: it must be given. */
    String REQUIRED = "(required)";
    /** {@link #value} of a nested record that is null by default. */
    String NULL = "(none)";

    /** The default as text, such as {@code 0.01}; empty for an empty list or map. */
    String value() default REQUIRED;

    /** Names of the option, the main one first; none for a setting without an option. */
    String[] option() default {};

    /** What stands for the value in the help text, such as {@code N}. */
    String param() default "";

    /** Position of the option in the help text. */
    int order() default 0;

    /** Sentences of the help text; the default is appended unless the text names it. */
    String help() default "";

    /** Not empty for an option without a value: the text of the value that its presence means. */
    String presence() default "";

    /** The first version of the format that has this component, or this nested record. */
    int since() default 1;

    /**
     * The text of the value that files of earlier versions imply, and keys of settings (see
     * {@link SettingsJson#departures}) of earlier builds; empty for the default.
     */
    String implied() default "";

    /**
     * Where files of earlier versions have this component, if elsewhere: a field of the same object, or, after a slash,
     * of the whole file. One for each time that it was renamed or moved, the first place first. Keys of settings (see
     * {@link SettingsJson#departures}) keep a name of version 2.
     */
    String[] was() default {};

    /** The last version of the format that has this component at each place of {@link #was}; 1 where none is given. */
    int[] until() default {};

    /** For a nested record: the name of the component in it that this declaration replaces, for this place alone. */
    String of() default "";
}
