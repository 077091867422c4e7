package tandem.tools;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import tandem.tools.cli.Tandem;

/**
 * What one command line printed and how it ended.
 *
 * @param code the exit code
 * @param out standard output
 * @param err standard error
 */
public record CommandRun(int code, String out, String err) {

    /** Runs it in this JVM. */
    public static CommandRun of(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Tandem.run(new PrintWriter(out), new PrintWriter(err), arguments);
        return new CommandRun(code, out.toString(), err.toString());
    }

    /**
     * The same with {@code --convolutions direct}, for commands that are not about measured algorithms: these take
     * seconds to measure, and may differ between two runs, as other programs take the cores or not.
     */
    public static CommandRun direct(String... arguments) {
        String[] all = Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "--convolutions";
        all[arguments.length + 1] = "direct";
        return of(all);
    }
}
