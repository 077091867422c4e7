package tandem.tools.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import org.junit.jupiter.api.Test;

class MachineTest {

    @Test
    void readsAnX86ProcessorsNameAndVectorInstructions() {
        String text =
                "processor\t: 0\nmodel\t\t: 85\nmodel name\t: Some Processor 9\nflags\t\t: fpu sse4_2 avx2 fma avx512f\n\n"
                        + "processor\t: 1\nmodel name\t: Some Processor 9\nflags\t\t: fpu\n";
        assertEquals(
                new ProcessorInfo("Some Processor 9", 2, List.of("sse4_2", "fma", "avx2", "avx512f")),
                ProcessorInfo.parse(text, 2));
    }

    @Test
    void readsAnArmProcessorsFeatures() {
        String text = "processor\t: 0\nFeatures\t: fp asimd sve\n";
        assertEquals(List.of("asimd", "sve"), ProcessorInfo.parse(text, 4).extensions());
    }

    @Test
    void aContainersLimitWinsOverTheMachinesMemory() {
        String meminfo = "MemTotal:       1000 kB\nMemFree:  10 kB\nMemAvailable:    800 kB\n";
        assertEquals(new MainMemory(1_024_000, 819_200), MainMemory.of(meminfo, "max\n"));
        assertEquals(new MainMemory(512_000, 512_000), MainMemory.of(meminfo, "512000\n"));
        assertEquals(new MainMemory(0, 0), MainMemory.of("", ""));
    }

    @Test
    void aMissingLibraryHasTheMessageOfTheLoader() {
        SharedLibrary library = SharedLibrary.probe("libtandem-no-such-library.so.1");
        assertFalse(library.found());
        assertEquals(
                "libtandem-no-such-library.so.1: cannot open shared object file: No such file or directory",
                library.reason());
    }

    @Test
    void byteCountsKeepOneDecimal() {
        assertEquals("1023 B", tandem.tools.ByteCount.text(1023));
        assertEquals("1.5 KiB", tandem.tools.ByteCount.text(1536));
        assertEquals("2.0 GiB", tandem.tools.ByteCount.text(2L << 30));
    }
}
