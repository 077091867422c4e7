package tandem.engine.cpu;

import static tandem.engine.cpu.NativeMemory.UNSAFE;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;

/**
 * Settings of oneDNN's thread runtime (GNU OpenMP), which reads them from the environment once, when it is loaded. A variable
 * that the user has set stays as it is.
 *
 * <p>Its threads by default spin for milliseconds before they sleep. That takes a core from the threads that run translated
 * kernels or decode images next, and stalls a step for tens of milliseconds as soon as any other process wants the core; so here
 * they sleep at once, which costs about 13 microseconds for each library call. On a machine with cores to spare,
 * {@code GOMP_SPINCOUNT=100000} saves that. Nor does it know the share of the cores that a container may use, so it is told.
 */
final class OpenMp {

    private OpenMp() {}

    /** Adds defaults to the environment of this process, for native code that has not read it yet. */
    static void configure(int threads) {
        Pointer environ = Loader.addressof("environ");
        if (environ == null) {
            return;
        }
        Map<String, String> missing = new LinkedHashMap<>();
        missing.put("OMP_NUM_THREADS", Integer.toString(threads));
        if (System.getenv("OMP_WAIT_POLICY") == null) {
            missing.put("GOMP_SPINCOUNT", "0");
        }
        missing.keySet().removeIf(name -> System.getenv(name) != null);
        extend(environ.address(), missing);
    }

    /** Replaces the array of strings that {@code environ} points to by a longer copy; both are never freed, as anyone may read them. */
    private static void extend(long environ, Map<String, String> variables) {
        long old = UNSAFE.getAddress(environ);
        long count = 0;
        while (old != 0 && UNSAFE.getAddress(old + 8 * count) != 0) {
            count++;
        }
        long array = UNSAFE.allocateMemory(8 * (count + variables.size() + 1));
        UNSAFE.copyMemory(old, array, 8 * count);
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            byte[] text = (variable.getKey() + "=" + variable.getValue() + "\0").getBytes(StandardCharsets.US_ASCII);
            long string = UNSAFE.allocateMemory(text.length);
            for (int i = 0; i < text.length; i++) {
                UNSAFE.putByte(string + i, text[i]);
            }
            UNSAFE.putAddress(array + 8 * count++, string);
        }
        UNSAFE.putAddress(array + 8 * count, 0);
        UNSAFE.putAddress(environ, array);
    }
}
