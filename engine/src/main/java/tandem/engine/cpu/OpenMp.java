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
 * <p>Its threads by default spin for milliseconds after a parallel region, which takes a core from the worker threads that run
 * translated kernels next; and it counts cores, not the share of them that a container may use.
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
            missing.put("GOMP_SPINCOUNT", SPIN_COUNT);
        }
        missing.keySet().removeIf(name -> System.getenv(name) != null);
        extend(environ.address(), missing);
    }

    private static final String SPIN_COUNT = "1000";

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
