package tandem.kernels.translate.machine;

import java.lang.invoke.MethodHandles;

/** Loads generated classes as hidden classes of this package, so that they are unloaded with their last kernel. */
public final class KernelLoader {

    private KernelLoader() {}

    /** The kernel that the class file holds. */
    public static KernelCode load(byte[] classFile) {
        try {
            return (KernelCode) MethodHandles.lookup()
                    .defineHiddenClass(classFile, true)
                    .lookupClass()
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a generated class could not be loaded", e);
        }
    }
}
