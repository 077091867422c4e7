package tandem.bench.inspection;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tandem.model.data.ImageDecoder;
import tandem.model.synthetic.SyntheticInspection;

/**
 * Synthetic images of {@code tandem demo} in a network's input size: a data set for {@code tandem quantize}, and the
 * same images as RGB frames of bytes, one after the other in a file, for processes that decode none.
 *
 * @param folder of the data set
 * @param size columns and rows
 */
record Images(Path folder, int size) {

    /** Images of the training set and held-out images. */
    static final int COUNT = 32;

    /** The values of the demo: these are the first images of its data set. */
    private static final double CLOSENESS = 1.5;

    private static final double CONTRAST = 1;
    private static final long SEED = 0;

    static Images of(Path parent, int size) {
        return new Images(parent.resolve("images-" + size), size);
    }

    /** Frames to calibrate with. */
    Path calibration() {
        return folder.resolve("train.rgb");
    }

    private Path heldOut() {
        return folder.resolve("val.rgb");
    }

    /** Writes what is not there. */
    void prepare() throws IOException {
        if (Files.exists(heldOut())) {
            return;
        }
        new SyntheticInspection(size, size, COUNT, COUNT, CLOSENESS, CONTRAST, SEED).write(folder);
        write("train", calibration());
        write("val", heldOut());
    }

    private void write(String part, Path file) throws IOException {
        List<Path> images;
        try (Stream<Path> all = Files.list(folder.resolve("JPEGImages"))) {
            images = all.filter(image -> image.getFileName().toString().startsWith(part))
                    .sorted()
                    .toList();
        }
        Path partial = file.resolveSibling(file.getFileName() + ".part");
        try (OutputStream out = Files.newOutputStream(partial)) {
            for (Path image : images) {
                out.write(ImageDecoder.decode(image).rgb());
            }
        }
        Files.move(partial, file);
    }

    /** Writes a list of the first frames to calibrate with, and returns its name. */
    String calibration(int count) throws IOException {
        Path lists = folder.resolve("ImageSets/Main");
        List<String> names = Files.readAllLines(lists.resolve("train.txt")).subList(0, count);
        Files.write(lists.resolve("calibration.txt"), names);
        return "Main/calibration";
    }

    /** Copies a held-out image into {@code frame}. */
    void read(int image, ByteBuffer frame) throws IOException {
        frame.clear();
        try (FileChannel file = FileChannel.open(heldOut())) {
            for (long at = (long) image * frame.capacity(); frame.hasRemaining(); at += file.read(frame, at)) {}
        }
        frame.flip();
    }
}
