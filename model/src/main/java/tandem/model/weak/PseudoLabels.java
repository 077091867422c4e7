package tandem.model.weak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import tandem.engine.Device;
import tandem.model.data.Box;
import tandem.model.data.ImageCache;
import tandem.model.data.MaskFile;
import tandem.model.data.Sample;
import tandem.model.declaration.SettingsJson;
import tandem.model.inference.FoldedModel;
import tandem.model.inference.Inspection;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.PseudoLabelSettings;
import tandem.model.weak.LabelFolder.Contents;
import tandem.model.weak.LabelFolder.Entry;
import tandem.model.weak.LabelFolder.NamedBox;

/**
 * Generates and reads pseudo-labels. They are generated once and stored in a folder. Training always reads them from
 * there, so that a resumed run gets the same labels.
 */
final class PseudoLabels {

    private final PseudoLabelSettings settings;
    private final ImageCache images;
    private final List<String> boxClasses;
    private final List<String> maskClasses;
    private final LabelFolder folder;
    private final LabelListener listener;

    /**
     * @param boxClasses the student's box classes, empty when it has no detection head
     * @param maskClasses the student's mask classes without background, empty when it has no segmentation head
     */
    PseudoLabels(
            PseudoLabelSettings settings,
            ImageCache images,
            List<String> boxClasses,
            List<String> maskClasses,
            Path folder,
            LabelListener listener)
            throws IOException {
        this.settings = settings;
        this.images = images;
        this.boxClasses = boxClasses;
        this.maskClasses = maskClasses;
        this.folder = new LabelFolder(folder);
        this.listener = listener;
    }

    boolean made() {
        return folder.complete();
    }

    private List<Integer> lacking(boolean boxes) {
        return IntStream.range(0, images.data().size())
                .boxed()
                .filter(i -> {
                    Sample sample = images.data().samples().get(i);
                    return boxes ? sample.boxes().isEmpty() : sample.mask().isEmpty();
                })
                .toList();
    }

    /**
     * Runs the teachers and stores their labels.
     *
     * @throws IllegalArgumentException when two teachers predict the same task, or no teacher predicts a class of the
     *     student
     */
    void make(Device device, int batch) throws IOException {
        Map<Integer, List<NamedBox>> boxes = new TreeMap<>();
        Set<Integer> masked = new TreeSet<>();
        Map<String, Float> boxThresholds = null;
        Map<String, Float> maskThresholds = null;
        for (String teacher : settings.teachers()) {
            try (FoldedModel model = FoldedModel.load(Path.of(teacher), device)) {
                NetworkSettings network = model.network().settings();
                boolean detects = network.detects() && shared(network.boxClasses(), boxClasses);
                boolean segments = network.segments() && shared(network.maskClasses(), maskClasses);
                if (detects && boxThresholds != null || segments && maskThresholds != null || !detects && !segments) {
                    throw new IllegalArgumentException("teacher " + teacher
                            + (detects || segments
                                    ? " predicts the same task as the teacher before it"
                                    : " has none of the student's classes")
                            + "; give at most one for boxes and one for masks");
                }
                try (Predictor predictor = new Predictor(model, images, batch)) {
                    boxThresholds = detects ? boxes(predictor, network, boxes) : boxThresholds;
                    maskThresholds = segments ? masks(predictor, network, masked) : maskThresholds;
                }
            }
        }
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < images.data().size(); i++) {
            if (boxes.containsKey(i) || masked.contains(i)) {
                entries.add(new Entry(images.data().samples().get(i).id(), boxes.get(i), masked.contains(i)));
            }
        }
        folder.finish(new Contents(SettingsJson.tree(settings), boxThresholds, maskThresholds, entries));
    }

    private static boolean shared(List<String> teacher, List<String> student) {
        return teacher.stream().anyMatch(student::contains);
    }

    private Map<String, Float> boxes(Predictor predictor, NetworkSettings network, Map<Integer, List<NamedBox>> kept) {
        List<String> names = network.boxClasses();
        long[][] counts = new long[names.size()][ClassThresholds.BINS];
        Map<Integer, List<NamedBox>> found = new TreeMap<>();
        run(predictor, lacking(true), "boxes from a teacher", (sample, place, result) -> {
            List<NamedBox> all = new ArrayList<>();
            for (int i = 0; i < result.boxes(); i++) {
                NamedBox box = new NamedBox(
                        result.className(i),
                        result.score(i),
                        Math.max(0, result.left(i)),
                        Math.max(0, result.top(i)),
                        Math.min(result.width(), result.right(i)),
                        Math.min(result.height(), result.bottom(i)));
                if (boxClasses.contains(box.name()) && box.xMin() < box.xMax() && box.yMin() < box.yMax()) {
                    all.add(box);
                    counts[result.label(i)][ClassThresholds.bin(box.score())]++;
                }
            }
            found.put(sample, all);
        });
        float[] thresholds = ClassThresholds.of(settings.boxes(), names, counts);
        found.forEach((sample, all) -> {
            List<NamedBox> confident = all.stream()
                    .filter(box -> box.score() >= thresholds[names.indexOf(box.name())])
                    .limit(settings.maxBoxes())
                    .toList();
            if (!confident.isEmpty() || settings.empty() == PseudoLabelSettings.EmptyImages.EMPTY) {
                kept.put(sample, confident);
            }
        });
        return named(names, thresholds, boxClasses);
    }

    private Map<String, Float> masks(Predictor predictor, NetworkSettings network, Set<Integer> kept) {
        List<String> names = new ArrayList<>(List.of("background"));
        names.addAll(network.maskClasses());
        long[][] counts = new long[names.size()][ClassThresholds.BINS];
        Pixels pixels = new Pixels();
        if (settings.masks().quantile() > 0) {
            run(predictor, lacking(false), "confidence of a teacher", (sample, place, result) -> {
                pixels.read(predictor, place, result);
                for (int i = 0; i < pixels.count; i++) {
                    counts[pixels.value(i)][ClassThresholds.bin(pixels.confidence(i))]++;
                }
            });
        }
        float[] thresholds = ClassThresholds.of(settings.masks(), names, counts);
        int[] values = new int[names.size()];
        for (int k = 1; k < values.length; k++) {
            int index = maskClasses.indexOf(names.get(k));
            values[k] = index < 0 ? MaskFile.IGNORE : index + 1;
        }
        run(predictor, lacking(false), "masks from a teacher", (sample, place, result) -> {
            pixels.read(predictor, place, result);
            byte[] mask = new byte[pixels.count];
            int objects = 0;
            int confident = 0;
            for (int i = 0; i < mask.length; i++) {
                int value =
                        pixels.confidence(i) >= thresholds[pixels.value(i)] ? values[pixels.value(i)] : MaskFile.IGNORE;
                mask[i] = (byte) value;
                confident += value != MaskFile.IGNORE ? 1 : 0;
                objects += value != MaskFile.IGNORE && value != 0 ? 1 : 0;
            }
            if (objects > 0 || confident > 0 && settings.empty() == PseudoLabelSettings.EmptyImages.EMPTY) {
                try {
                    folder.writeMask(images.data().samples().get(sample).id(), mask, result.width(), result.height());
                } catch (IOException e) {
                    throw new UncheckedIOException("cannot write the pseudo-labels: " + e.getMessage(), e);
                }
                kept.add(sample);
            }
        });
        return named(names, thresholds, maskClasses);
    }

    private void run(Predictor predictor, List<Integer> samples, String what, Predictor.Consumer consumer) {
        int[] done = {0};
        predictor.run(samples, (sample, place, result) -> {
            consumer.accept(sample, place, result);
            listener.on(new LabelProgress(what, ++done[0], samples.size()));
        });
    }

    private static Map<String, Float> named(List<String> names, float[] thresholds, List<String> known) {
        Map<String, Float> result = new TreeMap<>();
        for (int k = 0; k < thresholds.length; k++) {
            if (known.contains(names.get(k)) || names.get(k).equals("background")) {
                result.put(names.get(k), thresholds[k]);
            }
        }
        return result;
    }

    /** Reads what {@link #make} wrote and reports the number of labels. */
    StoredLabels read() throws IOException {
        Contents contents = folder.read();
        Map<String, Integer> index = new TreeMap<>();
        for (int i = 0; i < images.data().size(); i++) {
            index.put(images.data().samples().get(i).id(), i);
        }
        StoredLabels labels = new StoredLabels(settings.weight());
        int boxed = 0;
        int masked = 0;
        long boxes = 0;
        for (Entry entry : contents.images()) {
            Integer at = index.get(entry.id());
            if (at == null) {
                throw new IllegalArgumentException(
                        "the pseudo-labels were generated with other data: there is no image " + entry.id()
                                + "; start the run again in another folder");
            }
            Sample sample = images.data().samples().get(at);
            if (entry.boxes() != null) {
                labels.put(
                        at,
                        entry.boxes().stream()
                                .map(box -> new Box(
                                        boxClasses.indexOf(box.name()),
                                        box.xMin(),
                                        box.yMin(),
                                        box.xMax(),
                                        box.yMax(),
                                        false))
                                .toList());
                boxed++;
                boxes += entry.boxes().size();
            }
            if (entry.mask()) {
                labels.put(at, images.decodedMask(at, folder.readMask(entry.id(), sample.width(), sample.height())));
                masked++;
            }
        }
        if (contents.boxThresholds() != null) {
            int requested = lacking(true).size();
            listener.on(new LabelCount(
                    "boxes from teachers",
                    requested,
                    boxed,
                    requested - boxed,
                    boxes + " boxes, scores from " + text(contents.boxThresholds())));
        }
        if (contents.maskThresholds() != null) {
            int requested = lacking(false).size();
            listener.on(new LabelCount(
                    "masks from teachers",
                    requested,
                    masked,
                    requested - masked,
                    "pixels of a probability from " + text(contents.maskThresholds())));
        }
        return labels;
    }

    private static String text(Map<String, Float> thresholds) {
        if (new HashSet<>(thresholds.values()).size() == 1) {
            return String.format(
                    Locale.ROOT, "%.3f", thresholds.values().iterator().next());
        }
        List<String> parts = new ArrayList<>();
        thresholds.forEach((name, threshold) -> parts.add(String.format(Locale.ROOT, "%.3f (%s)", threshold, name)));
        return String.join(", ", parts);
    }

    /** Mask and confidence of one image. */
    private static final class Pixels {
        private ByteBuffer mask = ByteBuffer.allocateDirect(0);
        private ByteBuffer confidence = ByteBuffer.allocateDirect(0);
        private int count;

        void read(Predictor predictor, int place, Inspection found) {
            count = found.width() * found.height();
            if (mask.capacity() < count) {
                mask = ByteBuffer.allocateDirect(count);
                confidence = ByteBuffer.allocateDirect(count * Float.BYTES).order(ByteOrder.nativeOrder());
            }
            predictor
                    .program()
                    .readMask(
                            place,
                            found.width(),
                            found.height(),
                            mask.clear().limit(count),
                            confidence.clear().limit(count * Float.BYTES));
        }

        int value(int pixel) {
            return mask.get(pixel) & 0xFF;
        }

        float confidence(int pixel) {
            return confidence.getFloat(pixel * Float.BYTES);
        }
    }
}
