package tandem.model.settings;

/** Checks of the constructors of settings. */
final class Checks {

    private Checks() {}

    static void present(String name, Object value) {
        if (value == null) {
            throw new IllegalArgumentException(name + " must be given");
        }
    }

    static void positive(String name, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(name + " must be positive, not " + value);
        }
    }

    static void atLeast(String name, double value, double min) {
        if (!(value >= min) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(name + " must be at least " + min + ", not " + value);
        }
    }

    /** From 0 up to, but not including, 1. */
    static void belowOne(String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(name + " must be at least 0 and below 1, not " + value);
        }
    }

    /** From 0 to 1. */
    static void share(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " must be from 0 to 1, not " + value);
        }
    }

    /** A weight of a loss. */
    static void weight(String name, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException("the weight of " + name + " must be at least 0, not " + value);
        }
    }
}
