package tandem.engine.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.engine.memory.MemorySource.Block;

class HostMemoryTest {

    private final HostMemory memory = new HostMemory();

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 255, 256, 257, (2 << 20) - 1, 2 << 20, (2 << 20) + 1, (6 << 20) + 4097})
    void blocksAreAlignedAndZero(long bytes) {
        Block block = memory.allocate(bytes);
        try {
            assertEquals(0, block.address() % (bytes < 2 << 20 ? 256 : 2 << 20));
            for (long i = 0; i < bytes; i++) {
                assertEquals(0, NativeMemory.UNSAFE.getByte(block.address() + i));
            }
            NativeMemory.UNSAFE.setMemory(block.address(), bytes, (byte) 7);
        } finally {
            memory.free(block);
        }
    }

    @Test
    void largeBlocksAreInHugePages() throws IOException {
        assumeTrue(Files.exists(Path.of("/sys/kernel/mm/transparent_hugepage/enabled")));
        Block block = memory.allocate((8 << 20) + 5);
        try {
            assertTrue(flags(block.address()).contains(" hg"));
            assertTrue(flags(block.address() + (8 << 20) - 1).contains(" hg"));
        } finally {
            memory.free(block);
        }
    }

    /** The flags of the mapping at this address, of which hg is MADV_HUGEPAGE (proc_pid_smaps(5)). */
    private static String flags(long address) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("/proc/self/smaps"));
        boolean found = false;
        for (String line : lines) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                String[] range = line.substring(0, line.indexOf(' ')).split("-");
                found = Long.compareUnsigned(Long.parseUnsignedLong(range[0], 16), address) <= 0
                        && Long.compareUnsigned(address, Long.parseUnsignedLong(range[1], 16)) < 0;
            } else if (found && line.startsWith("VmFlags:")) {
                return line;
            }
        }
        throw new AssertionError("no mapping at " + Long.toHexString(address));
    }
}
