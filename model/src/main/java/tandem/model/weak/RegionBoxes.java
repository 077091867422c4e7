package tandem.model.weak;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import tandem.engine.Device;
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.model.data.Box;
import tandem.model.data.ImageCache;
import tandem.model.inference.FoldedModel;
import tandem.model.network.Network;
import tandem.model.settings.RegionBoxSettings;

/**
 * The boxes made from masks during a run. They are made anew before the first step of an epoch and serve from the step
 * after it: the batch of that first step is already prepared by then. So they are a function of the steps alone,
 * however far ahead batches are prepared. Refreshed by the thread that trains, read by those that prepare batches.
 */
final class RegionBoxes implements LabelSource, AutoCloseable {

    private record Generations(WeakState before, WeakState now) {}

    private final RegionBoxSettings settings;
    private final ImageCache images;
    private final RegionBoxGenerator maker;
    private final List<Integer> wanted;
    private final int batch;
    private final LabelListener listener;
    private volatile Generations generations;
    private FoldedModel model;
    private Predictor predictor;
    private long refreshed = -1;

    /** Makes the boxes as they are, or takes those that a checkpoint kept, if {@code state} is not null. */
    RegionBoxes(RegionBoxSettings settings, ImageCache images, int batch, WeakState state, LabelListener listener) {
        this.settings = settings;
        this.images = images;
        this.batch = batch;
        this.listener = listener;
        maker = RegionBoxGenerator.of(
                settings, images.data().boxClasses(), images.data().maskClasses());
        wanted = IntStream.range(0, images.data().size())
                .boxed()
                .filter(i -> images.data().samples().get(i).mask().isPresent()
                        && images.data().samples().get(i).boxes().isEmpty())
                .toList();
        WeakState first = state != null ? state : new WeakState(0, asTheyAre());
        generations = new Generations(first, first);
    }

    private Map<Integer, List<Box>> asTheyAre() {
        Map<Integer, List<Box>> boxes = new TreeMap<>();
        int[] counts = new int[2];
        List<RegionBoxGenerator.Made> made = wanted.parallelStream()
                .map(sample -> maker.boxes(images.get(sample), List.of()))
                .toList();
        for (int i = 0; i < wanted.size(); i++) {
            keep(wanted.get(i), made.get(i), boxes, counts);
            listener.on(new LabelProgress("boxes from masks", i + 1, wanted.size()));
        }
        tell(boxes, counts, "as they are");
        return boxes;
    }

    private static void keep(int sample, RegionBoxGenerator.Made made, Map<Integer, List<Box>> boxes, int[] counts) {
        if (!made.boxes().isEmpty()) {
            boxes.put(sample, made.boxes());
        }
        counts[0] += made.split();
        counts[1] += made.merged();
    }

    private void tell(Map<Integer, List<Box>> boxes, int[] counts, String how) {
        int all = boxes.values().stream().mapToInt(List::size).sum();
        listener.on(new LabelCount(
                "boxes from masks",
                wanted.size(),
                boxes.size(),
                wanted.size() - boxes.size(),
                String.format(
                        Locale.ROOT,
                        "%d boxes, %s, %d regions split, %d boxes merged",
                        all,
                        how,
                        counts[0],
                        counts[1])));
    }

    /**
     * Makes the boxes anew with predictions of the averaged weights, before step {@code step}, if it begins an epoch
     * that wants them.
     */
    void refresh(
            long step,
            long epoch,
            boolean begins,
            Device device,
            Network network,
            Variables variables,
            Weights average) {
        if (settings.refineFrom() < 0
                || epoch < settings.refineFrom()
                || !begins
                || refreshed == step
                || wanted.isEmpty()) {
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
        predictor.run(wanted, (sample, place, found) -> {
            keep(sample, maker.boxes(images.get(sample), RegionBoxGenerator.predictions(found)), boxes, counts);
            listener.on(new LabelProgress("boxes from masks", ++done[0], wanted.size()));
        });
        tell(boxes, counts, "with predictions of epoch " + (epoch + 1));
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

    /** What a checkpoint must keep; null while boxes are as they are. */
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
