package tandem.tools.doctor;

import org.bytedeco.javacpp.Loader;

/**
 * Whether the system's loader finds a shared library.
 *
 * @param name such as {@code libcuda.so.1}
 * @param found whether it loads
 * @param reason the loader's own words where it does not
 */
record SharedLibrary(String name, boolean found, String reason) {

    /** Asks the loader, which looks where it would for any library of this process. */
    static SharedLibrary probe(String name) {
        try {
            Loader.loadGlobal(name);
            return new SharedLibrary(name, true, "");
        } catch (UnsatisfiedLinkError e) {
            return new SharedLibrary(name, false, String.valueOf(e.getMessage()).strip());
        }
    }
}
