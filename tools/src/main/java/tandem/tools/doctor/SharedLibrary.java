package tandem.tools.doctor;

import org.bytedeco.javacpp.Loader;
import tandem.kernels.natives.JavaCppNatives;

/**
 * Whether the system's loader can load a shared library.
 *
 * @param name such as {@code libcuda.so.1}
 * @param found whether it loads
 * @param reason the loader's error message; empty if it loads
 */
record SharedLibrary(String name, boolean found, String reason) {

    /** Tries to load the library with the search path of this process. */
    static SharedLibrary probe(String name) {
        try {
            JavaCppNatives.prepare();
            Loader.loadGlobal(name);
            return new SharedLibrary(name, true, "");
        } catch (UnsatisfiedLinkError e) {
            return new SharedLibrary(name, false, String.valueOf(e.getMessage()).strip());
        }
    }
}
