package tandem.tools.kernel;

import java.util.Arrays;
import tandem.kernels.Grid;
import tandem.tools.InputException;

/** Reads {@code --grid}. */
final class LaunchGrid {

    private LaunchGrid() {}

    /** {@code 4,256} or, with up to three sides each, {@code 2x3,16x16}. */
    static Grid parse(String text) {
        String side = "\\d{1,10}(x\\d{1,10}){0,2}";
        if (!text.matches(side + "," + side)) {
            throw new InputException(
                    "--grid " + text + ": write blocks, a comma, threads of a block: 4,256 or 2x3,16x16");
        }
        String[] parts = text.split(",");
        try {
            int[] blocks = sides(parts[0]);
            int[] threads = sides(parts[1]);
            return new Grid(blocks[0], blocks[1], blocks[2], threads[0], threads[1], threads[2]);
        } catch (IllegalArgumentException e) {
            throw new InputException("--grid " + text + ": " + e.getMessage());
        }
    }

    private static int[] sides(String text) {
        int[] sides = {1, 1, 1};
        int[] given = Arrays.stream(text.split("x")).mapToInt(Integer::parseInt).toArray();
        System.arraycopy(given, 0, sides, 0, given.length);
        return sides;
    }
}
