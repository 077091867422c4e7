package tandem.model.checkpoint;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tandem.model.data.Box;
import tandem.model.weights.SafetensorsReader;
import tandem.model.weights.SafetensorsWriter;
import tandem.model.weights.WeightsException;

/**
 * The part of the labels that changes during a run and is stored in checkpoints: the boxes generated from masks.
 *
 * @param from the first step that uses them
 * @param boxes of each image that has any, by its index in the data set
 */
public record WeakState(long from, Map<Integer, List<Box>> boxes) {

    private static final String TENSOR = "weak/boxes";
    private static final String FROM = "weakBoxesFrom";
    private static final int VALUES = 6;

    /** Reads the state; null when there is none, because the boxes still come from the masks alone. */
    public static WeakState read(SafetensorsReader checkpoint) throws IOException {
        if (!checkpoint.contains(TENSOR)) {
            return null;
        }
        float[] values = checkpoint.read(TENSOR, checkpoint.shape(TENSOR));
        Map<Integer, List<Box>> boxes = new TreeMap<>();
        for (int i = 0; i < values.length; i += VALUES) {
            if (values[i + 1] >= 0) {
                boxes.computeIfAbsent((int) values[i], sample -> new ArrayList<>())
                        .add(new Box(
                                (int) values[i + 1],
                                values[i + 2],
                                values[i + 3],
                                values[i + 4],
                                values[i + 5],
                                false));
            }
        }
        try {
            return new WeakState(Long.parseLong(checkpoint.metadata().get(FROM)), boxes);
        } catch (NumberFormatException problem) {
            throw new WeightsException(
                    checkpoint.file() + ": metadata " + FROM + ": expected a whole number, not "
                            + checkpoint.metadata().get(FROM),
                    problem);
        }
    }

    /**
     * Adds the state to a checkpoint: one row of image, class and edges for each box, or one row of class -1 when there
     * is no box.
     */
    public void write(SafetensorsWriter checkpoint) {
        int rows = boxes.values().stream().mapToInt(List::size).sum();
        float[] values = new float[Math.max(1, rows) * VALUES];
        values[1] = -1;
        int at = 0;
        for (Map.Entry<Integer, List<Box>> entry : boxes.entrySet()) {
            for (Box box : entry.getValue()) {
                float[] row = {entry.getKey(), box.label(), box.xMin(), box.yMin(), box.xMax(), box.yMax()};
                System.arraycopy(row, 0, values, at, VALUES);
                at += VALUES;
            }
        }
        checkpoint.put(FROM, Long.toString(from));
        checkpoint.add(TENSOR, new int[] {values.length / VALUES, VALUES}, () -> values);
    }
}
