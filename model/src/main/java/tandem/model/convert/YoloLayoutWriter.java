package tandem.model.convert;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntConsumer;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import tandem.model.data.Box;
import tandem.model.data.DataSet;
import tandem.model.data.Sample;
import tandem.model.data.Splits;

/**
 * Writes boxes as YOLO has them: {@code images/}, {@code labels/}, {@code data.yaml}, and a text file of images for
 * each split. Images without annotated boxes are left out, because an absent label file means that an image is empty.
 *
 * @param root the folder
 * @param names new name of each image
 * @param link whether images become hard links
 */
record YoloLayoutWriter(Path root, Map<String, String> names, boolean link) {

    void write(DataSet data, Map<String, List<String>> lists, IntConsumer progress) throws IOException {
        if (data.boxed() == 0) {
            throw new IOException("no image has annotated boxes, and masks are not written as YOLO labels");
        }
        Path images = Files.createDirectories(root.resolve("images"));
        Path labels = Files.createDirectories(root.resolve("labels"));
        Map<String, String> files = new LinkedHashMap<>();
        int done = 0;
        for (Sample sample : data.samples()) {
            if (sample.boxes().isPresent()) {
                String name = names.get(sample.id());
                files.put(sample.id(), LayoutConversion.place(sample, name, images, link));
                Files.write(
                        labels.resolve(name + ".txt"),
                        sample.boxes().get().stream()
                                .map(box -> line(box, sample))
                                .toList());
            }
            progress.accept(++done);
        }
        Splits splits = Splits.of(List.copyOf(lists.keySet()));
        Map<String, Object> config = new LinkedHashMap<>();
        split(config, "train", splits.training(), lists, files);
        split(config, "val", splits.validation(), lists, files);
        split(config, "test", splits.test(), lists, files);
        config.putIfAbsent("train", "images");
        Map<Integer, String> classes = new LinkedHashMap<>();
        for (int i = 0; i < data.boxClasses().size(); i++) {
            classes.put(i, data.boxClasses().get(i));
        }
        config.put("names", classes);
        Files.writeString(
                root.resolve("data.yaml"),
                new Dump(DumpSettings.builder()
                                .setDefaultFlowStyle(FlowStyle.BLOCK)
                                .build())
                        .dumpToString(config));
    }

    /** Writes the images of a split and its entry, unless it has none. */
    private void split(
            Map<String, Object> config,
            String split,
            List<String> names,
            Map<String, List<String>> lists,
            Map<String, String> files)
            throws IOException {
        List<String> images = names.stream()
                .flatMap(list -> lists.get(list).stream())
                .distinct()
                .filter(files::containsKey)
                .map(id -> "./images/" + files.get(id))
                .toList();
        if (!images.isEmpty()) {
            Files.write(root.resolve(split + ".txt"), images);
            config.put(split, split + ".txt");
        }
    }

    private static String line(Box box, Sample sample) {
        return String.format(
                Locale.ROOT,
                "%d %.8f %.8f %.8f %.8f",
                box.label(),
                (box.xMin() + box.xMax()) / 2.0 / sample.width(),
                (box.yMin() + box.yMax()) / 2.0 / sample.height(),
                (box.xMax() - box.xMin()) / (double) sample.width(),
                (box.yMax() - box.yMin()) / (double) sample.height());
    }
}
