package tandem.tools.kernel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import tandem.kernels.translate.HostKernel;
import tandem.kernels.translate.ModuleVariable;
import tandem.tools.InputException;

/**
 * A variable of the module that the command line names.
 *
 * @param variable in the module
 * @param array its type, number of elements, and contents before the launch if they are given
 */
record ModuleVariableArgument(ModuleVariable variable, KernelArgument.Array array) {

    /** Parses {@code NAME=TYPE[COUNT]} with or without contents. */
    static ModuleVariableArgument parse(String text, HostKernel kernel) {
        int equals = text.indexOf('=');
        if (equals < 1 || !(KernelArgument.parse(text.substring(equals + 1)) instanceof KernelArgument.Array array)) {
            throw new InputException("--variable " + text + ": expected NAME=TYPE[COUNT] or NAME=TYPE[COUNT]=CONTENTS");
        }
        try {
            ModuleVariable variable = kernel.variable(text.substring(0, equals));
            if (array.bytes() > variable.bytes()) {
                throw new InputException("--variable " + text + ": " + array.count() + " of " + array.type() + " are "
                        + array.bytes() + " bytes, but the variable has " + variable.bytes());
            }
            return new ModuleVariableArgument(variable, array);
        } catch (IllegalArgumentException e) {
            throw new InputException("--variable " + text + ": " + e.getMessage());
        }
    }

    /** Sets the variable if contents are given. */
    void write(long seed) throws IOException {
        if (array.isInitialized()) {
            variable.write(array.contents(new SplittableRandom(seed)));
        }
    }

    /** Its first elements. */
    String text(int show) {
        ByteBuffer bytes = variable.read().order(ByteOrder.LITTLE_ENDIAN);
        StringBuilder text = new StringBuilder("variable " + variable.name() + ":");
        for (int i = 0; i < Math.min(show, array.count()); i++) {
            text.append(' ').append(array.type().text(bytes, i * array.type().bytes()));
        }
        return text.append(array.count() > show ? " ..." : "").toString();
    }
}
