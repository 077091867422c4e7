package tandem.model.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.engine.AlgorithmFile;
import tandem.engine.Device;
import tandem.engine.Variables;
import tandem.engine.cpu.ConvolutionPolicy;
import tandem.engine.cpu.CpuDevice;
import tandem.model.data.ImageCache;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.TrainingSettings;

/** Runs whose algorithms of convolutions are chosen by measurement. */
class MeasuredConvolutionsTest {

    private static final TrainingSettings SETTINGS = TinyData.training(2, 4);

    @TempDir
    Path folder;

    private Path choices;
    private String before;
    private ImageCache images;

    @BeforeEach
    void setUp() {
        choices = folder.resolve("choices.tsv");
        before = AlgorithmFile.use(choices);
        images = TinyData.write(folder.resolve("data"), 8, 64, 64, TinyData.Annotations.ALTERNATING, 1);
    }

    @AfterEach
    void standardFile() {
        AlgorithmFile.restore(before);
    }

    private static CpuDevice device(ConvolutionPolicy policy) {
        return new CpuDevice(CpuDevice.Options.standard().withThreads(2).withConvolutions(policy));
    }

    private Trainer start(Device device, String name) throws IOException {
        return Trainer.start(
                device,
                TinyData.network(64),
                SETTINGS,
                images,
                AugmentationSettings.standard(),
                Trainer.Options.in(folder.resolve(name)));
    }

    private static List<float[]> weights(Trainer trainer) throws IOException {
        trainer.run(event -> {}, () -> false);
        List<float[]> values = new ArrayList<>();
        for (Variables.Variable variable : trainer.step().variables().all()) {
            values.add(trainer.step().weights().read(variable.tensor()));
        }
        return values;
    }

    private List<float[]> weights(String name) throws IOException {
        try (Device device = device(ConvolutionPolicy.MEASURED);
                Trainer trainer = start(device, name)) {
            return weights(trainer);
        }
    }

    private static boolean sameBits(List<float[]> a, List<float[]> b) {
        for (int i = 0; i < a.size(); i++) {
            if (!Arrays.equals(a.get(i), b.get(i))) {
                return false;
            }
        }
        return true;
    }

    /**
     * Lines of the file, as if both cores had been free in all measurements: where other programs take a core, a choice
     * is stored as that of one thread, and a later run with free cores measures again.
     */
    private List<String> ofTwoThreads() throws IOException {
        Map<String, String> lines = new TreeMap<>();
        for (String line : Files.readAllLines(choices)) {
            String ofTwo = line.replace(" threads 1 ", " threads 2 ");
            String key = ofTwo.substring(0, ofTwo.indexOf('\t'));
            if (line.equals(ofTwo)) {
                lines.put(key, line);
            } else {
                lines.putIfAbsent(key, ofTwo);
            }
        }
        assertFalse(lines.isEmpty());
        return List.copyOf(lines.values());
    }

    /** Other choices than those of the file, as another measurement could have made them. */
    private void changeChoices() throws IOException {
        List<String> other = new ArrayList<>();
        for (String line : ofTwoThreads()) {
            String key = line.substring(0, line.indexOf('\t'));
            String choice = line.startsWith(key + "\tdirect\t") ? "blocked" : "direct";
            if (choice.equals("blocked") && key.matches(".* filter \\d+x3x3 stride 1 .*")) {
                choice = "winograd2";
            }
            other.add(key + "\t" + choice + "\t1\t2");
        }
        Files.write(choices, other);
    }

    @Test
    void twoRunsWithOneSeedAreEqualBitForBit() throws IOException {
        List<float[]> first = weights("first");
        Files.write(choices, ofTwoThreads());
        List<float[]> second = weights("second");
        for (int i = 0; i < first.size(); i++) {
            assertArrayEquals(first.get(i), second.get(i), 0f);
        }
    }

    @Test
    void aResumedRunRepeatsTheChoicesOfItsCheckpoint() throws IOException {
        List<float[]> whole = weights("whole");
        Files.write(choices, ofTwoThreads());
        Trainer.Options options = Trainer.Options.in(folder.resolve("parts"));
        try (Device device = device(ConvolutionPolicy.MEASURED);
                Trainer trainer = start(device, "parts")) {
            assertFalse(trainer.run(event -> {}, () -> trainer.stepsDone() >= 2));
        }
        changeChoices();
        for (ConvolutionPolicy policy : List.of(ConvolutionPolicy.MEASURED, ConvolutionPolicy.DIRECT)) {
            Path copy = folder.resolve("copy " + policy.hashCode());
            Files.createDirectories(copy);
            for (Path file : files(options.folder())) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
            try (CpuDevice device = device(policy);
                    Trainer trainer = Trainer.resume(device, images, Trainer.Options.in(copy))) {
                assertTrue(device.convolutionChoices().measured());
                assertTrue(sameBits(whole, weights(trainer)), policy.toString());
            }
        }
        assertFalse(sameBits(whole, weights("others")), "the changed choices give the same bits");
    }

    @Test
    void aRunWithTheDirectConvolutionResumesWithIt() throws IOException {
        Trainer.Options options = Trainer.Options.in(folder.resolve("direct"));
        List<float[]> whole;
        try (Device device = device(ConvolutionPolicy.DIRECT);
                Trainer trainer = start(device, "whole")) {
            whole = weights(trainer);
        }
        try (Device device = device(ConvolutionPolicy.DIRECT);
                Trainer trainer = start(device, "direct")) {
            assertFalse(trainer.run(event -> {}, () -> trainer.stepsDone() >= 2));
        }
        try (CpuDevice device = device(ConvolutionPolicy.MEASURED);
                Trainer trainer = Trainer.resume(device, images, options)) {
            assertTrue(sameBits(whole, weights(trainer)));
            assertEquals(List.of(), device.convolutionTimes());
        }
        assertFalse(Files.exists(choices));
    }

    private static List<Path> files(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
