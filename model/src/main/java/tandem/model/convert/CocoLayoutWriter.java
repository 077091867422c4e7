package tandem.model.convert;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import tandem.model.coco.RunLengthMask;
import tandem.model.data.Box;
import tandem.model.data.ClassMask;
import tandem.model.data.DataSet;
import tandem.model.data.ImageDecoder;
import tandem.model.data.Sample;

/**
 * Writes a folder in COCO layout: {@code images/}, {@code annotations/instances_boxes.json} with the images with boxes,
 * and {@code annotations/instances_masks.json} with the images with a mask, one region per class.
 *
 * @param root the folder
 * @param names new name of each image
 * @param link whether images become hard links
 */
record CocoLayoutWriter(Path root, Map<String, String> names, boolean link) {

    /** An annotation before it has an id. */
    private record Entry(
            int image,
            int label,
            double[] corner,
            double area,
            boolean crowd,
            boolean difficult,
            RunLengthMask pixels) {}

    void write(DataSet data, IntConsumer progress) throws IOException {
        Path images = Files.createDirectories(root.resolve("images"));
        Files.createDirectories(root.resolve("annotations"));
        Map<Sample, String> fileNames = new LinkedHashMap<>();
        List<Entry> boxes = new ArrayList<>();
        List<Entry> regions = new ArrayList<>();
        for (int i = 0; i < data.size(); i++) {
            Sample sample = data.samples().get(i);
            fileNames.put(sample, LayoutConversion.place(sample, names.get(sample.id()), images, link));
            for (Box box : sample.boxes().orElse(List.of())) {
                double width = (double) box.xMax() - box.xMin();
                double height = (double) box.yMax() - box.yMin();
                boxes.add(new Entry(
                        i,
                        box.label(),
                        new double[] {box.xMin(), box.yMin(), width, height},
                        width * height,
                        false,
                        box.difficult(),
                        null));
            }
            if (sample.mask().isPresent()) {
                regions(i, sample, regions);
            }
            progress.accept(i + 1);
        }
        if (data.boxed() > 0) {
            file(
                    "boxes",
                    data.boxClasses(),
                    fileNames,
                    data.samples().stream()
                            .map(sample -> sample.boxes().isPresent())
                            .toList(),
                    boxes);
        }
        if (data.masked() > 0) {
            file(
                    "masks",
                    data.maskClasses(),
                    fileNames,
                    data.samples().stream()
                            .map(sample -> sample.mask().isPresent())
                            .toList(),
                    regions);
        }
    }

    private static void regions(int image, Sample sample, List<Entry> regions) {
        ClassMask mask = sample.mask().orElseThrow();
        byte[] pixels = ImageDecoder.mask(sample).orElseThrow();
        for (int value = 1; value < mask.pixels().size(); value++) {
            if (mask.pixels().get(value) > 0) {
                regions.add(region(
                        image, value - 1, false, RunLengthMask.ofMask(pixels, sample.width(), sample.height(), value)));
            }
        }
        if (mask.ignored() > 0) {
            regions.add(region(
                    image, 0, true, RunLengthMask.ofMask(pixels, sample.width(), sample.height(), ClassMask.IGNORE)));
        }
    }

    private static Entry region(int image, int label, boolean crowd, RunLengthMask pixels) {
        RunLengthMask.Bounds bounds = pixels.bounds();
        return new Entry(
                image,
                label,
                new double[] {
                    bounds.left(), bounds.top(), bounds.right() - bounds.left(), bounds.bottom() - bounds.top()
                },
                pixels.area(),
                crowd,
                false,
                pixels);
    }

    private void file(
            String annotates,
            List<String> classes,
            Map<Sample, String> fileNames,
            List<Boolean> listed,
            List<Entry> entries)
            throws IOException {
        Path file = root.resolve("annotations").resolve("instances_" + annotates + ".json");
        try (JsonGenerator json = new ObjectMapper().createGenerator(file.toFile(), JsonEncoding.UTF8)) {
            json.writeStartObject();
            json.writeObjectFieldStart("info");
            json.writeStringField("annotates", annotates);
            json.writeEndObject();
            json.writeArrayFieldStart("images");
            int index = 0;
            for (Map.Entry<Sample, String> image : fileNames.entrySet()) {
                if (listed.get(index++)) {
                    json.writeRaw('\n');
                    json.writeStartObject();
                    json.writeNumberField("id", index);
                    json.writeStringField("file_name", image.getValue());
                    json.writeNumberField("width", image.getKey().width());
                    json.writeNumberField("height", image.getKey().height());
                    json.writeEndObject();
                }
            }
            json.writeEndArray();
            json.writeArrayFieldStart("categories");
            for (int label = 0; label < classes.size(); label++) {
                json.writeStartObject();
                json.writeNumberField("id", label + 1);
                json.writeStringField("name", classes.get(label));
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("annotations");
            int id = 0;
            for (Entry entry : entries) {
                json.writeRaw('\n');
                write(json, ++id, entry);
            }
            json.writeEndArray();
            json.writeEndObject();
        }
    }

    private static void write(JsonGenerator json, int id, Entry entry) throws IOException {
        json.writeStartObject();
        json.writeNumberField("id", id);
        json.writeNumberField("image_id", entry.image + 1);
        json.writeNumberField("category_id", entry.label + 1);
        json.writeArrayFieldStart("bbox");
        for (double value : entry.corner) {
            if (value == Math.rint(value)) {
                json.writeNumber((long) value);
            } else {
                json.writeNumber(value);
            }
        }
        json.writeEndArray();
        json.writeNumberField("area", entry.area);
        json.writeNumberField("iscrowd", entry.crowd ? 1 : 0);
        if (entry.difficult) {
            json.writeNumberField("ignore", 1);
        }
        if (entry.pixels == null) {
            json.writeArrayFieldStart("segmentation");
            json.writeEndArray();
        } else {
            json.writeObjectFieldStart("segmentation");
            json.writeFieldName("size");
            json.writeArray(new int[] {entry.pixels.height(), entry.pixels.width()}, 0, 2);
            json.writeStringField("counts", entry.pixels.compress());
            json.writeEndObject();
        }
        json.writeEndObject();
    }
}
