package tandem.engine;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The dimensions of a tensor, outermost first: (N, H, W, C) for images, (K, R, S, C) for filters, () for a scalar. A
 * dimension may be 0.
 */
public final class Shape {

    private final int[] dims;

    private Shape(int[] dims) {
        this.dims = dims;
    }

    /** The shape with these dimensions; none makes a scalar. */
    public static Shape of(int... dims) {
        for (int dim : dims) {
            if (dim < 0) {
                throw new IllegalArgumentException("negative dimension in shape " + Arrays.toString(dims));
            }
        }
        return new Shape(dims.clone());
    }

    /** Number of dimensions. */
    public int rank() {
        return dims.length;
    }

    /** Dimension {@code i}; a negative {@code i} counts from the end, so {@code dim(-1)} is C of (N, H, W, C). */
    public int dim(int i) {
        return dims[i < 0 ? i + dims.length : i];
    }

    /** The product of the dimensions: 1 for a scalar. */
    public long elements() {
        long product = 1;
        for (int dim : dims) {
            product = Math.multiplyExact(product, dim);
        }
        return product;
    }

    /** A copy of the dimensions. */
    public int[] toArray() {
        return dims.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(dims, shape.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    @Override
    public String toString() {
        return Arrays.stream(dims).mapToObj(Integer::toString).collect(Collectors.joining(", ", "(", ")"));
    }
}
