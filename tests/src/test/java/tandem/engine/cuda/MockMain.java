package tandem.engine.cuda;

import java.nio.file.Path;
import java.util.Arrays;
import org.opentest4j.TestAbortedException;

/**
 * Runs another program's {@code main} on the mock GPU, whose libraries lie in the folder named first: {@code FOLDER
 * CLASS arguments...}
 */
public final class MockMain {

    private MockMain() {}

    /** Ends with what the program leaves on the mock GPU as an error. */
    public static void main(String[] arguments) throws Exception {
        try {
            MockCuda.use(Path.of(arguments[0]));
            MockCuda.start();
        } catch (TestAbortedException e) {
            System.err.println(e.getMessage());
            System.exit(3);
        }
        Class.forName(arguments[1]).getMethod("main", String[].class).invoke(null, (Object)
                Arrays.copyOfRange(arguments, 2, arguments.length));
        String left = MockCuda.census() + MockCuda.complaints();
        if (!left.isEmpty()) {
            System.err.println("left on the mock GPU: " + left);
            System.exit(4);
        }
    }
}
