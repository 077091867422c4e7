package tandem.model.weak;

import tandem.model.data.Box;

/** Areas and overlaps of boxes. */
final class BoxOverlap {

    private BoxOverlap() {}

    static double area(Box box) {
        return (double) (box.xMax() - box.xMin()) * (box.yMax() - box.yMin());
    }

    static double shared(Box a, Box b) {
        double width = Math.min(a.xMax(), b.xMax()) - Math.max(a.xMin(), b.xMin());
        double height = Math.min(a.yMax(), b.yMax()) - Math.max(a.yMin(), b.yMin());
        return Math.max(0, width) * Math.max(0, height);
    }

    /** The share of the area of {@code box} that lies inside {@code other}. */
    static double inside(Box box, Box other) {
        return shared(box, other) / area(box);
    }

    static double intersectionOverUnion(Box a, Box b) {
        double shared = shared(a, b);
        return shared / (area(a) + area(b) - shared);
    }

    /** The smallest box that contains both. */
    static Box around(Box a, Box b) {
        return new Box(
                a.label(),
                Math.min(a.xMin(), b.xMin()),
                Math.min(a.yMin(), b.yMin()),
                Math.max(a.xMax(), b.xMax()),
                Math.max(a.yMax(), b.yMax()),
                false);
    }
}
