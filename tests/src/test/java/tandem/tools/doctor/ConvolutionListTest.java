package tandem.tools.doctor;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.engine.AlgorithmFile;
import tandem.engine.Dnn.ConvolutionShape;
import tandem.engine.cpu.ConvolutionPolicy;
import tandem.engine.cpu.CpuDevice;
import tandem.tools.CommandRun;

class ConvolutionListTest {

    @TempDir
    Path folder;

    private String before;

    @AfterEach
    void standardFile() {
        AlgorithmFile.restore(before);
    }

    @Test
    void listsWhatWasMeasuredOnThisMachine() {
        before = AlgorithmFile.use(folder.resolve("choices.tsv"));
        CommandRun first = CommandRun.of("doctor", "--convolutions");
        assertTrue(first.out().contains("No algorithms of convolutions were measured yet"), first.out());
        CpuDevice.Options options = CpuDevice.Options.standard().withConvolutions(ConvolutionPolicy.MEASURED);
        try (CpuDevice device = new CpuDevice(options)) {
            device.dnn().convolutionBackwardData(new ConvolutionShape(1, 9, 7, 3, 5, 3, 3, 1, 1));
        }
        CommandRun after = CommandRun.of("doctor", "--convolutions");
        assertTrue(after.out().contains("direct ms"), after.out());
        assertTrue(after.out().contains("backward_data 1x9x7x3 filter 5x3x3 stride 1 padding 1"), after.out());
    }
}
