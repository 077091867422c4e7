package tandem.kernels.translate;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import tandem.kernels.Grid;
import tandem.kernels.ptx.PtxModule;
import tandem.kernels.ptx.PtxParameter;

/** Launches entries of a PTX file of the test resources. */
final class Launch {

    private Launch() {}

    static PtxModule module(String resource) {
        try (InputStream stream = Launch.class.getResourceAsStream(resource)) {
            return PtxModule.parse(resource, new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Packs arguments: native arrays as their addresses, integers and floats as they are. */
    static NativeArray pack(HostKernel kernel, Object... arguments) {
        List<PtxParameter> parameters = kernel.entry().parameters();
        if (parameters.size() != arguments.length) {
            throw new IllegalArgumentException(kernel.entry().name() + " takes " + parameters);
        }
        NativeArray packed = new NativeArray(Math.max(8, kernel.entry().parameterBytes()));
        for (int i = 0; i < arguments.length; i++) {
            int offset = parameters.get(i).offset();
            if (arguments[i] instanceof NativeArray array) {
                packed.bytes().putLong(offset, array.address());
            } else if (arguments[i] instanceof Integer value) {
                packed.bytes().putInt(offset, value);
            } else {
                packed.bytes().putFloat(offset, (Float) arguments[i]);
            }
        }
        return packed;
    }

    /**
     * Runs a whole grid in either mode; in checked mode the arrays among the arguments are the memory, all of it
     * initialized.
     */
    static void run(PtxModule module, String entry, Mode mode, Grid grid, Object... arguments) {
        run(Translator.translate(module, entry, mode), grid, arguments);
    }

    /** As above, with a kernel already translated. */
    static void run(HostKernel kernel, Grid grid, Object... arguments) {
        NativeArray packed = pack(kernel, arguments);
        if (kernel.mode() == Mode.FAST) {
            kernel.run(grid, packed.address(), 0, (int) grid.blocks());
            return;
        }
        MemoryMap memory = new MemoryMap();
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i] instanceof NativeArray array) {
                memory.add("argument " + i, array.address(), array.bytes().capacity(), true);
            }
        }
        kernel.run(grid, packed.address(), 0, (int) grid.blocks(), memory);
    }
}
