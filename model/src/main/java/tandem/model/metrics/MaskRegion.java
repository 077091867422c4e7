package tandem.model.metrics;

import tandem.model.coco.RunLengthMask;

/**
 * The pixels that an object covers.
 *
 * @param mask the pixels
 */
public record MaskRegion(RunLengthMask mask) implements Region {

    @Override
    public double area() {
        return mask.area();
    }

    @Override
    public double overlap(Region truth, boolean crowd) {
        if (!(truth instanceof MaskRegion other)) {
            throw new IllegalArgumentException("a mask can only be compared with a mask, not with a box");
        }
        return mask.overlap(other.mask, crowd);
    }
}
