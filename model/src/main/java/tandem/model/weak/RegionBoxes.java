package tandem.model.weak;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import tandem.engine.Device;
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.model.checkpoint.WeakState;
import tandem.model.data.Box;
import tandem.model.data.ImageCache;
import tandem.model.inference.FoldedModel;
import tandem.model.network.Network;
import tandem.model.settings.RegionBoxSettings;

/**
 * The boxes generated from masks during a run. They are generated again before the first step of an epoch and used from
 * the second step on, because the batch of the first step is already prepared. So they depend on the step number only,
 * not on how far ahead batches are prepared. Written by the training thread, read by the threads that prepare batches.
 */
final class RegionBoxes implements LabelSource, AutoCloseable {

    private record Generations(WeakState before, WeakState now) {}

    private final RegionBoxSettings settings;
    private final ImageCache images;
    private final RegionBoxGenerator generator;
    private final List<Integer> selected;
    private final int batch;
    private final LabelListener listener;
    private volatile Generations generations;
    private FoldedModel model;
    private Predictor predictor;
    private long refreshed = -1;

    /** Generates the boxes from the masks alone, or takes those of a checkpoint if {@code state} is not null. */
    RegionBoxes(RegionBoxSettings settings, ImageCache images, int batch, WeakState state, LabelListener listener) {
        this.settings = settings;
        this.images = images;
        this.batch = batch;
        this.listener = listener;
        generator = RegionBoxGenerator.of(
                settings, images.data().boxClasses(), images.data().maskClasses());
        selected = IntStream.range(0, images.data().size())
                .boxed()
                .filter(i -> images.data().samples().get(i).mask().isPresent()
                        && images.data().samples().get(i).boxes().isEmpty())
                .toList();
        WeakState first = state != null ? state : new WeakState(0, fromMasksAlone());
        generations = new Generations(first, first);
    }

    private Map<Integer, List<Box>> fromMasksAlone() {
        Map<Integer, List<Box>> boxes = new TreeMap<>();
        int[] counts = new int[2];
        List<RegionBoxGenerator.Result> made = selected.parallelStream()
                .map(sample -> generator.boxes(images.get(sample), List.of()))
                .toList();
        for (int i = 0; i < selected.size(); i++) {
            keep(selected.get(i), made.get(i), boxes, counts);
            listener.on(new LabelProgress("boxes from masks", i + 1, selected.size()));
        }
        report(boxes, counts, "from the masks alone");
        return boxes;
    }

    private static void keep(int sample, RegionBoxGenerator.Result made, Map<Integer, List<Box>> boxes, int[] counts) {
        if (!made.boxes().isEmpty()) {
            boxes.put(sample, made.boxes());
        }
        counts[0] += made.split();
        counts[1] += made.merged();
    }

    private void report(Map<Integer, List<Box>> boxes, int[] counts, String how) {
        int all = boxes.values().stream().mapToInt(List::size).sum();
        listener.on(new LabelCount(
                "boxes from masks",
                selected.size(),
                boxes.size(),
                selected.size() - boxes.size(),
                String.format(
                        Locale.ROOT,
                        "%d boxes, %s, %d regions split, %d boxes merged",
                        all,
                        how,
                        counts[0],
                        counts[1])));
    }

    /**
     * Generates the boxes again with predictions of the averaged weights, before step {@code step}, if it is the first
     * step of an epoch in which boxes are refined.
     */
    void refresh(
            long step,
            long epoch,
            boolean begins,
            Device device,
            Network network,
            Variables variables,
            Weights average) {
        if (settings.firstRefinedEpoch() < 0
                || epoch < settings.firstRefinedEpoch()
                || !begins
                || refreshed == step
                || selected.isEmpty()) {
            return;
        }
        refreshed = step;
        if (model == null) {
            model = new FoldedModel(device, network, variables, average);
            predictor = new Predictor(model, images, batch);
        } else {
            model.update(average);
        }
        Map<Integer, List<Box>> boxes = new TreeMap<>();
        int[] counts = new int[2];
        int[] done = {0};
        predictor.run(selected, (sample, place, found) -> {
            keep(sample, generator.boxes(images.get(sample), RegionBoxGenerator.predictions(found)), boxes, counts);
            listener.on(new LabelProgress("boxes from masks", ++done[0], selected.size()));
        });
        report(boxes, counts, "with predictions of epoch " + (epoch + 1));
        generations = new Generations(generations.now(), new WeakState(step + 1, boxes));
    }

    @Override
    public float weight() {
        return settings.weight();
    }

    @Override
    public List<Box> boxes(int sample, long step) {
        Generations both = generations;
        return (step >= both.now().from() ? both.now() : both.before()).boxes().get(sample);
    }

    @Override
    public boolean hasMask(int sample) {
        return false;
    }

    @Override
    public byte[] mask(int sample) {
        return null;
    }

    /** The state for a checkpoint; null while the boxes come from the masks alone. */
    WeakState state() {
        WeakState now = generations.now();
        return now.from() == 0 ? null : now;
    }

    @Override
    public void close() {
        if (predictor != null) {
            predictor.close();
            model.close();
        }
    }
}
