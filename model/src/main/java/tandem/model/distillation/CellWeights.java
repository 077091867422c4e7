package tandem.model.distillation;

import java.util.List;
import tandem.engine.Graph;
import tandem.engine.KernelArguments;
import tandem.engine.KernelOperation;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.operation.Require;
import tandem.model.image.PixelSize;
import tandem.model.network.NetworkSettings;

/**
 * The weight of each cell of the compared levels in {@link FeatureImitation}. All weights are FLOAT32 (N, cells of
 * these levels), level after level; they include the weight of the image, and have no gradient. Each image is
 * normalized separately; the published code normalizes over the batch.
 *
 * @param graph to which all operations are appended
 * @param levels the levels, see {@link Level}
 * @param channels of the teacher's maps
 * @param task of the teacher
 * @param images see {@link DistilledImageWeights}
 * @param gate the selected levels, see {@link LevelGate}; null for all
 */
record CellWeights(Graph graph, List<Level> levels, int channels, Task task, Tensor images, LevelGate gate) {

    /**
     * One pyramid level.
     *
     * @param number 0 for the finest
     * @param columns columns of cells
     * @param rows rows of cells
     * @param first cell of the level among the cells of all levels of the network
     */
    record Level(int number, int columns, int rows, int first) {

        /** Levels of a network for images of this size. */
        static List<Level> of(List<Integer> numbers, PixelSize canvas) {
            return numbers.stream()
                    .map(number -> {
                        int first = 0;
                        for (int finer = 0; finer < number; finer++) {
                            first += NetworkSettings.levelSize(canvas.width(), finer)
                                    * NetworkSettings.levelSize(canvas.height(), finer);
                        }
                        return new Level(
                                number,
                                NetworkSettings.levelSize(canvas.width(), number),
                                NetworkSettings.levelSize(canvas.height(), number),
                                first);
                    })
                    .toList();
        }

        int cells() {
            return columns * rows;
        }

        int stride() {
            return NetworkSettings.FINEST_STRIDE << number;
        }
    }

    private int all() {
        return levels.stream().mapToInt(Level::cells).sum();
    }

    private int count() {
        return images.shape().dim(0);
    }

    /** Equal weights: the loss is the mean over all elements of all levels, times {@code weight}. */
    Tensor uniform(float weight) {
        Tensor cells = cells();
        int total = count() * all();
        KernelOperation operation =
                KernelOperation.named("imitation_cells_uniform").reads(images).writes(cells);
        if (gate != null) {
            operation.launch("imitation_cells_uniform", total, images, cells, 1f, task.ordinal(), all(), total);
            return normalized(operation, cells, weight);
        }
        operation
                .launch(
                        "imitation_cells_uniform",
                        total,
                        images,
                        cells,
                        weight / ((float) all() * channels),
                        task.ordinal(),
                        all(),
                        total)
                .appendTo(graph);
        return cells;
    }

    /**
     * The weights of PDF-Distil (Zhang et al. 2021; multas-spec 5): proportional to the disagreement of both networks'
     * class probabilities in the cell, the Euclidean distance, mean over the cell's anchors. Their sum over cells and
     * channels is {@code weight}.
     *
     * @param student FLOAT32 (N, A, C) class logits of all levels, likewise {@code teacher}
     */
    Tensor guided(Tensor student, Tensor teacher, float weight) {
        Require.sameShape("imitation_cells_disagreement", student, teacher);
        Tensor cells = cells();
        int anchors = student.shape().dim(1);
        int perCell = NetworkSettings.ANCHORS_PER_CELL;
        KernelOperation operation = KernelOperation.named("imitation_cells_disagreement")
                .reads(student, teacher, images)
                .writes(cells);
        forEachLevel((level, offset, total) -> operation.launch(
                "imitation_cells_disagreement",
                total,
                student,
                teacher,
                images,
                cells,
                new Scores(student.shape().dim(2), anchors, level.first() * perCell, perCell),
                new LevelCells(level.cells(), all(), offset, total)));
        return normalized(operation, cells, weight);
    }

    /**
     * The same for pixels: the mean disagreement of the pixels of a cell.
     *
     * @param student FLOAT32 (N, H, W, C) logits, likewise {@code teacher}
     * @param canvas rows of the images
     */
    Tensor guidedByPixels(Tensor student, Tensor teacher, int canvas, float weight) {
        Require.sameShape("imitation_cells_disagreement_pixels", student, teacher);
        Tensor cells = cells();
        int rows = student.shape().dim(1);
        KernelOperation operation = KernelOperation.named("imitation_cells_disagreement_pixels")
                .reads(student, teacher, images)
                .writes(cells);
        forEachLevel((level, offset, total) -> operation.launch(
                "imitation_cells_disagreement_pixels",
                total,
                student,
                teacher,
                images,
                cells,
                student.shape().dim(3),
                rows,
                student.shape().dim(2),
                level.stride() * rows / canvas,
                new LevelGrid(level.columns(), new LevelCells(level.cells(), all(), offset, total))));
        return normalized(operation, cells, weight);
    }

    /**
     * The cells of a level that a kernel writes, with a thread for each.
     *
     * @param count cells of the level
     * @param perImage cells of all levels
     * @param offset first of them in the cells of an image
     */
    private record LevelCells(int count, int perImage, int offset, int total) implements KernelArguments {}

    /** The same for a kernel that needs the place of a cell. */
    private record LevelGrid(int columns, LevelCells cells) implements KernelArguments {}

    /** What the teacher's scores of a level are. */
    private record Scores(int classes, int anchors, int first, int perCell) implements KernelArguments {}

    private interface LevelLaunch {
        /**
         * @param offset first cell of the level in the cells of an image
         * @param total cells of the level in all images
         */
        void append(Level level, int offset, int total);
    }

    private void forEachLevel(LevelLaunch launch) {
        int offset = 0;
        for (Level level : levels) {
            launch.append(level, offset, count() * level.cells());
            offset += level.cells();
        }
    }

    private Tensor normalized(KernelOperation operation, Tensor cells, float weight) {
        leaveOut(operation, cells, 0);
        operation
                .launchBlocks(
                        "imitation_cells_normalise", count(), images, cells, weight / channels, task.ordinal(), all())
                .appendTo(graph);
        return cells;
    }

    /**
     * The weights of DeFeat (Guo et al. 2021, "Distilling Object Detectors via Decoupled Features"; multas-spec 5):
     * foreground and background cells have one half each, divided by their channels. A cell is foreground when its
     * center lies in a box; where an image has no boxes, when the teacher gives one of its anchors a score above one
     * half.
     *
     * @param truth boxes (N, G, 4) as fractions of the canvas, and counts (N)
     * @param weights FLOAT32 (N, 2) of the images' labels
     * @param teacher FLOAT32 (N, A, C) class logits of all levels
     */
    Tensor decoupled(Truth truth, Tensor weights, Tensor teacher, float weight) {
        Tensor cells = cells();
        int perCell = NetworkSettings.ANCHORS_PER_CELL;
        KernelOperation operation = KernelOperation.named("imitation_cells_foreground")
                .reads(truth.boxes(), truth.counts(), weights, teacher, images)
                .writes(cells);
        forEachLevel((level, offset, total) -> operation.launch(
                "imitation_cells_foreground",
                total,
                truth.boxes(),
                truth.counts(),
                weights,
                teacher,
                images,
                cells,
                truth.boxes().shape().dim(1),
                new Scores(teacher.shape().dim(2), teacher.shape().dim(1), level.first() * perCell, perCell),
                new LevelGrid(level.columns(), new LevelCells(level.cells(), all(), offset, total))));
        return halves(operation, cells, weight);
    }

    /** Boxes (N, G, 4) as fractions of the canvas, and how many each image has (N). */
    record Truth(Tensor boxes, Tensor counts) {}

    /**
     * The same for pixels: a cell is foreground when the pixel at its center is an object in the mask, or, where an
     * image has no mask, in the teacher's most probable classes.
     *
     * @param masks UINT8 (N, S, T)
     * @param teacher FLOAT32 (N, H, W, C) logits
     */
    Tensor decoupledByPixels(Tensor masks, Tensor weights, Tensor teacher, float weight) {
        Tensor cells = cells();
        KernelOperation operation = KernelOperation.named("imitation_cells_foreground_pixels")
                .reads(masks, weights, teacher, images)
                .writes(cells);
        forEachLevel((level, offset, total) -> operation.launch(
                "imitation_cells_foreground_pixels",
                total,
                masks,
                weights,
                teacher,
                images,
                cells,
                masks.shape().dim(1),
                masks.shape().dim(2),
                teacher.shape().dim(1),
                teacher.shape().dim(2),
                teacher.shape().dim(3),
                level.stride(),
                new LevelGrid(level.columns(), new LevelCells(level.cells(), all(), offset, total))));
        return halves(operation, cells, weight);
    }

    private Tensor halves(KernelOperation operation, Tensor cells, float weight) {
        leaveOut(operation, cells, -1);
        operation
                .launchBlocks(
                        "imitation_cells_decouple", count(), images, cells, weight / channels, task.ordinal(), all())
                .appendTo(graph);
        return cells;
    }

    /** Overwrites the cells of the levels that are not selected. */
    private void leaveOut(KernelOperation operation, Tensor cells, float excluded) {
        if (gate == null) {
            return;
        }
        operation.reads(gate.state());
        int offset = 0;
        for (int i = 0; i < levels.size(); i++) {
            int size = levels.get(i).cells();
            operation.launch(
                    "imitation_cells_gate",
                    (long) count() * size,
                    gate.state(),
                    cells,
                    i,
                    excluded,
                    size,
                    all(),
                    offset,
                    count() * size);
            offset += size;
        }
    }

    private Tensor cells() {
        return graph.activation("imitation_cells", Shape.of(count(), all()));
    }
}
