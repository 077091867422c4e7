package tandem.model.weak;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tandem.model.data.Box;

/** Labels that are generated before training and do not change. Written by one thread, then read by several. */
final class StoredLabels implements LabelSource {

    private final float weight;
    private final Map<Integer, List<Box>> boxes = new HashMap<>();
    private final Map<Integer, PackedMask> masks = new HashMap<>();

    StoredLabels(float weight) {
        this.weight = weight;
    }

    void put(int sample, List<Box> found) {
        boxes.put(sample, List.copyOf(found));
    }

    void put(int sample, byte[] decodedMask) {
        masks.put(sample, PackedMask.of(decodedMask));
    }

    @Override
    public float weight() {
        return weight;
    }

    @Override
    public List<Box> boxes(int sample, long step) {
        return boxes.get(sample);
    }

    @Override
    public boolean hasMask(int sample) {
        return masks.containsKey(sample);
    }

    @Override
    public byte[] mask(int sample) {
        PackedMask mask = masks.get(sample);
        return mask == null ? null : mask.unpack();
    }
}
