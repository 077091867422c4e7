package tandem.kernels.translate.x86;

/**
 * How a register's values in the eight lanes relate. A scalar one is known by the value of lane 0, to which each
 * further lane adds {@code stride}; a predicate is scalar with stride 0. Any other is a vector.
 */
record Shape(boolean scalar, long stride) {

    static final Shape VECTOR = new Shape(false, 0);
    static final Shape UNIFORM = new Shape(true, 0);

    static Shape linear(long stride) {
        return Math.abs(stride) < 1 << 24 ? new Shape(true, stride) : VECTOR;
    }

    boolean uniform() {
        return scalar && stride == 0;
    }

    boolean strided() {
        return scalar && stride != 0;
    }

    Shape meet(Shape other) {
        return equals(other) ? this : VECTOR;
    }
}
