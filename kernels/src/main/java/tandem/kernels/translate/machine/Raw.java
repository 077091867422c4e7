package tandem.kernels.translate.machine;

import java.lang.reflect.Field;
import sun.misc.Unsafe;

/** Raw memory access; the field is constant to HotSpot, so that an access compiles to one machine instruction. */
public final class Raw {

    /** The one instance. */
    public static final Unsafe UNSAFE = find();

    private Raw() {}

    private static Unsafe find() {
        try {
            Field field = Unsafe.class.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            return (Unsafe) field.get(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM has no sun.misc.Unsafe; module jdk.unsupported is needed", e);
        }
    }
}
