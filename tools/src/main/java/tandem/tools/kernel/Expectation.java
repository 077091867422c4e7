package tandem.tools.kernel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Locale;
import tandem.tools.InputException;

/**
 * What an array argument should hold after the kernel launch.
 *
 * @param argument its number, from 1
 * @param file where the values came from
 * @param values the values
 */
record Expectation(int argument, String file, NpyFile values) {

    /** Reads {@code ARG=FILE.npy}. */
    static Expectation parse(String text) throws IOException {
        if (!text.matches("\\d{1,4}=.+")) {
            throw new InputException("--expect " + text + ": expected ARG=FILE.npy, such as 2=y.npy");
        }
        int equals = text.indexOf('=');
        String file = text.substring(equals + 1);
        return new Expectation(Integer.parseInt(text.substring(0, equals)), file, NpyFile.read(Path.of(file)));
    }

    /** Rejects values of another type or number. */
    void requireFits(KernelArgument.Array array) {
        if (array.type() != values.type() || array.count() != values.count()) {
            throw new InputException("--expect " + argument + "=" + file + ": the file has shape " + values.shape()
                    + " of " + values.type() + ", argument " + argument + " is " + array.text());
        }
    }

    /** How many elements differ by more than {@code tolerance} (absolute, or relative to the expected value). */
    int wrong(ByteBuffer found, double tolerance) {
        int wrong = 0;
        for (int i = 0; i < values.count(); i++) {
            wrong += differs(found, i, tolerance) ? 1 : 0;
        }
        return wrong;
    }

    private boolean differs(ByteBuffer found, int i, double tolerance) {
        double expected = values.type().get(values.data(), i * values.type().bytes());
        double value = values.type().get(found, i * values.type().bytes());
        boolean same = expected == value || Double.isNaN(expected) && Double.isNaN(value);
        return !same && !(Math.abs(expected - value) <= tolerance * Math.max(1, Math.abs(expected)));
    }

    /** A line on the comparison. */
    String text(ByteBuffer found, double tolerance) {
        int wrong = wrong(found, tolerance);
        ElementType type = values.type();
        StringBuilder text = new StringBuilder("argument " + argument + ": ");
        if (wrong == 0) {
            return text.append("equals ")
                    .append(file)
                    .append(" within ")
                    .append(tolerance)
                    .toString();
        }
        text.append(String.format(
                Locale.ROOT,
                "%d of %d elements differ from %s by more than %s:",
                wrong,
                values.count(),
                file,
                tolerance));
        int shown = 0;
        for (int i = 0; i < values.count() && shown < 3; i++) {
            if (differs(found, i, tolerance)) {
                text.append(shown++ == 0 ? " " : ", ")
                        .append("element ")
                        .append(i)
                        .append(" is ")
                        .append(type.text(found, i * type.bytes()))
                        .append(" instead of ")
                        .append(type.text(values.data(), i * type.bytes()));
            }
        }
        return text.append(shown < wrong ? ", ..." : "").toString();
    }
}
