package tandem.tools.kernel;

import java.util.Arrays;
import tandem.kernels.Grid;
import tandem.tools.InputException;

/** Parses {@code --grid}. */
final class LaunchGrid {

    private LaunchGrid() {}

    /** {@code 4,256} or, with up to three dimensions each, {@code 2x3,16x16}. */
    static Grid parse(String text) {
        String dims = "\\d{1,10}(x\\d{1,10}){0,2}";
        if (!text.matches(dims + "," + dims + "(,\\d{1,9})?")) {
            throw new InputException("--grid " + text
                    + ": expected BLOCKS,THREADS such as 4,256 or 2x3,16x16, or BLOCKS,THREADS,BYTES with the bytes of"
                    + " dynamic shared memory of a block");
        }
        String[] parts = text.split(",");
        try {
            int[] blocks = dims(parts[0]);
            int[] threads = dims(parts[1]);
            int sharedBytes = parts.length > 2 ? Integer.parseInt(parts[2]) : 0;
            return new Grid(blocks[0], blocks[1], blocks[2], threads[0], threads[1], threads[2], sharedBytes);
        } catch (IllegalArgumentException e) {
            throw new InputException("--grid " + text + ": " + e.getMessage());
        }
    }

    private static int[] dims(String text) {
        int[] dims = {1, 1, 1};
        int[] given = Arrays.stream(text.split("x")).mapToInt(Integer::parseInt).toArray();
        System.arraycopy(given, 0, dims, 0, given.length);
        return dims;
    }
}
