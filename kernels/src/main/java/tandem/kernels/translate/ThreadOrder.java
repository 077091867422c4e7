package tandem.kernels.translate;

import java.util.SplittableRandom;
import tandem.kernels.translate.machine.Order;

/** In which order a checked launch runs blocks, and threads between two points where they wait. */
public sealed interface ThreadOrder {

    /** By rising number. */
    record Forward() implements ThreadOrder {}

    /** By falling number. */
    record Reverse() implements ThreadOrder {}

    /** In an order drawn again for each block and each time, the same for the same seed. */
    record Random(long seed) implements ThreadOrder {}

    /** The source of orders for one launch; null for rising numbers. */
    default Order start() {
        if (this instanceof Forward) {
            return null;
        }
        SplittableRandom random = this instanceof Random drawn ? new SplittableRandom(drawn.seed()) : null;
        return (from, to) -> {
            int[] numbers = new int[to - from];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = random == null ? to - 1 - i : from + i;
            }
            for (int i = numbers.length - 1; random != null && i > 0; i--) {
                int other = random.nextInt(i + 1);
                int kept = numbers[i];
                numbers[i] = numbers[other];
                numbers[other] = kept;
            }
            return numbers;
        };
    }
}
