package tandem.engine.cpu;

import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.LoggerFactory;
import tandem.kernels.natives.JnaNatives;

/**
 * oneDNN's thread runtime (GNU OpenMP): how long its threads wait awake, and how many work on a call.
 *
 * <p>By default they spin for milliseconds before they sleep. That takes a core from the threads that run translated
 * kernels or decode images next, and stalls a step for tens of milliseconds as soon as another process needs the core;
 * so here they sleep at once, which costs about 13 microseconds for each library call. On a machine with cores to
 * spare, {@code GOMP_SPINCOUNT=100000} in the environment saves that. A variable that the user has set stays as it is.
 */
final class OpenMp {

    /** The number each thread has set; the runtime stores it by thread too. */
    private static final ThreadLocal<int[]> CURRENT = ThreadLocal.withInitial(() -> new int[1]);

    private static boolean available;

    private OpenMp() {}

    /** Calls of the OpenMP runtime. */
    private static final class Calls {
        static native void omp_set_num_threads(int threads);
    }

    /** Sets what the runtime reads once, when it is loaded. */
    static void beforeLoading(int threads) {
        if (System.getProperty("os.name").startsWith("Windows")) {
            return;
        }
        // Unless it is set already.
        Function environment = JnaNatives.cLibrary().getFunction("setenv");
        environment.invokeInt(new Object[] {"OMP_NUM_THREADS", Integer.toString(threads), 0});
        if (System.getenv("OMP_WAIT_POLICY") == null) {
            environment.invokeInt(new Object[] {"GOMP_SPINCOUNT", "0", 0});
        }
    }

    /** Finds the runtime that was loaded with the library at that path, beside it. */
    static void loaded(String library) {
        for (String name : List.of("libgomp.so.1", "libomp.dylib", "libiomp5.dylib")) {
            Path path = Path.of(library).resolveSibling(name);
            if (Files.exists(path)) {
                Native.register(Calls.class, NativeLibrary.getInstance(path.toString()));
                available = true;
                return;
            }
        }
        LoggerFactory.getLogger(OpenMp.class)
                .warn("no OpenMP runtime beside {}: oneDNN chooses its number of threads itself", library);
    }

    /** How many threads work on the calling thread's next library calls, and on primitives it creates. */
    static void useThreads(int threads) {
        int[] current = CURRENT.get();
        if (available && current[0] != threads) {
            Calls.omp_set_num_threads(threads);
            current[0] = threads;
        }
    }
}
