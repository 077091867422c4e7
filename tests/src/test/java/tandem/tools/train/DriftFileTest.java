package tandem.tools.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.engine.cpu.CpuDevice;
import tandem.model.Frame;
import tandem.model.Inspector;
import tandem.model.Inspector.PixelFormat;
import tandem.model.InspectorClosedException;
import tandem.model.InspectorOptions;
import tandem.model.data.DataSet;
import tandem.model.data.DecodedImage;
import tandem.model.data.ImageDecoder;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.inference.DataSetInference;
import tandem.model.inference.FileBesideWeights;
import tandem.model.inference.FoldedModel;
import tandem.model.inference.Inspection;
import tandem.model.monitor.DriftReference;
import tandem.model.train.TinyData;
import tandem.model.train.TinyNetwork;
import tandem.tools.InputException;

/** The drift reference of evaluated images, and an inspector that uses it. */
class DriftFileTest {

    private static final int IMAGES = 24;

    @TempDir
    Path folder;

    @Test
    void anInspectorComparesItsFramesWithTheEvaluatedImages() throws IOException {
        Path weights = TinyNetwork.train(folder.resolve("train"), 70, 50, 2).checkpoint();
        DataSet data = TinyData.write(folder.resolve("val"), IMAGES, 70, 50, TinyData.Annotations.BOTH, 3)
                .data();
        try (CpuDevice device = new CpuDevice(CpuDevice.Options.standard().withThreads(1))) {
            StringWriter text = new StringWriter();
            try (FoldedModel model = FoldedModel.load(weights, device)) {
                DriftFile all = new DriftFile(model.network().settings(), DriftFile.Images.all);
                DriftFile good = new DriftFile(model.network().settings(), DriftFile.Images.good);
                DataSetInference.evaluate(model, data, 4, 1, NonMaximumSuppression.Settings.DEFAULT, image -> {
                    all.accept(image);
                    good.accept(image);
                });
                InputException few = assertThrows(
                        InputException.class,
                        () -> good.save(weights, FileBesideWeights.checksum(weights), new PrintWriter(text)));
                assertEquals(
                        "--save-drift good: 0 images, at least 20 are needed; evaluate more good parts, or use --save-drift all",
                        few.getMessage());
                all.save(weights, FileBesideWeights.checksum(weights), new PrintWriter(text, true));
            }
            assertTrue(text.toString().contains("checkpoint.drift.json (24 images)"), text.toString());
            assertEquals(IMAGES, DriftReference.beside(weights).orElseThrow().frames());
            inspect(weights, device, data);
            Path other = TinyNetwork.train(folder.resolve("other"), 70, 50, 1).checkpoint();
            replaceAndClose(weights, other, device);
            String reference = Files.readString(DriftReference.file(weights));
            Files.writeString(DriftReference.file(other), reference);
            String others = assertThrows(IllegalArgumentException.class, () -> DriftReference.beside(other))
                    .getMessage();
            assertTrue(others.contains("checkpoint.drift.json: is of other weights (crc32c:"), others);
            assertTrue(others.endsWith("write it again with eval --save-drift, or remove it"), others);
            Files.writeString(
                    DriftReference.file(other),
                    reference.replace("\"weights\"", "\"unknown\"").replace("\"red\"", "\"green\""));
            String message = assertThrows(IllegalArgumentException.class, () -> Inspector.load(other, device))
                    .getMessage();
            assertTrue(message.contains("is of a network with other classes"), message);
        }
    }

    /** By the listener of alarms, in the thread of the frame that ended the window. */
    private void replaceAndClose(Path weights, Path other, CpuDevice device) throws IOException {
        List<String> calls = new ArrayList<>();
        Inspector[] inspector = new Inspector[1];
        Frame black = Frame.of(ByteBuffer.wrap(new byte[70 * 50]), PixelFormat.GRAY, 70, 50);
        InspectorOptions options = InspectorOptions.standard()
                .with(change -> change.driftWindow(IMAGES).onDrift(drifted -> {
                    try {
                        inspector[0].inspect(black, new Inspection());
                        inspector[0].replace(other);
                        inspector[0].close();
                        calls.add("closed");
                    } catch (IOException problem) {
                        calls.add(problem.getMessage());
                    }
                }));
        inspector[0] = Inspector.load(weights, device, options);
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> {
            for (int i = 0; i < IMAGES; i++) {
                assertEquals(70, inspector[0].inspect(black, new Inspection()).width());
            }
        });
        assertEquals(List.of("closed"), calls);
        assertThrows(InspectorClosedException.class, () -> inspector[0].inspect(black, new Inspection()));
        assertEquals(IMAGES + 1, inspector[0].metrics().getUndecided());
    }

    private void inspect(Path weights, CpuDevice device, DataSet data) throws IOException {
        List<String> drifted = new ArrayList<>();
        InspectorOptions options = InspectorOptions.standard()
                .with(change -> change.driftWindow(IMAGES)
                        .onDrift(statistics -> statistics.forEach(one -> drifted.add(one.name()))));
        try (Inspector inspector = Inspector.load(weights, device, options)) {
            inspector.warmUp(70, 50);
            inspector.warmUp(70, 50);
            assertEquals(
                    List.of(),
                    inspector.metrics().drift().orElseThrow().statistics(),
                    "the blank frames of the warm-up are not counted");
            Inspection found = new Inspection();
            for (int i = 0; i < data.size(); i++) {
                DecodedImage image = ImageDecoder.decode(data.samples().get(i).image());
                inspector.inspect(Frame.of(ByteBuffer.wrap(image.rgb()), PixelFormat.RGB, 70, 50), found);
            }
            inspector
                    .metrics()
                    .drift()
                    .orElseThrow()
                    .statistics()
                    .forEach(one -> assertEquals(0, one.value(), 1e-9, one.toString()));
            assertEquals(List.of(), drifted);
            ByteBuffer white = ByteBuffer.allocateDirect(70 * 50);
            for (int i = 0; i < white.capacity(); i++) {
                white.put(i, (byte) 255);
            }
            Frame frame = Frame.of(white, PixelFormat.GRAY, 70, 50);
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long id = Thread.currentThread().getId();
            long[] bytes = new long[2 * IMAGES];
            for (int i = 0; i < bytes.length; i++) {
                long before = threads.getThreadAllocatedBytes(id);
                inspector.inspect(frame, found);
                bytes[i] = threads.getThreadAllocatedBytes(id) - before;
            }
            Arrays.sort(bytes);
            assertEquals(0, bytes[bytes.length / 2], "bytes per frame");
            assertTrue(drifted.contains("brightness"), drifted.toString());
            assertEquals(2, inspector.metrics().drift().orElseThrow().alarms("brightness"));
            inspector.replace(weights);
            assertEquals(0, inspector.metrics().drift().orElseThrow().alarms("brightness"));
        }
        try (Inspector without = Inspector.load(weights, device, options.with(change -> change.driftWindow(0)))) {
            assertTrue(without.metrics().drift().isEmpty());
        }
    }
}
