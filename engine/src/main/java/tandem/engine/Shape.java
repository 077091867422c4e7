package tandem.engine;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The sides of a tensor, outermost first: (N, H, W, C) for images, (K, R, S, C) for filters, () for a scalar. Sides may
 * be 0.
 */
public final class Shape {

    private final int[] sides;

    private Shape(int[] sides) {
        this.sides = sides;
    }

    /** The shape with these sides; none makes a scalar. */
    public static Shape of(int... sides) {
        for (int side : sides) {
            if (side < 0) {
                throw new IllegalArgumentException("negative side in shape " + Arrays.toString(sides));
            }
        }
        return new Shape(sides.clone());
    }

    /** Number of sides. */
    public int rank() {
        return sides.length;
    }

    /**
     * Side {@code i}; a negative {@code i} counts from the end, so {@code side(-1)} is the channels of (N, H, W, C).
     */
    public int side(int i) {
        return sides[i < 0 ? i + sides.length : i];
    }

    /** The product of the sides: 1 for a scalar. */
    public long elements() {
        long product = 1;
        for (int side : sides) {
            product = Math.multiplyExact(product, side);
        }
        return product;
    }

    /** A copy of the sides. */
    public int[] toArray() {
        return sides.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(sides, shape.sides);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(sides);
    }

    @Override
    public String toString() {
        return Arrays.stream(sides).mapToObj(Integer::toString).collect(Collectors.joining(", ", "(", ")"));
    }
}
