package tandem.engine.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class CoresTest {

    /** What a thread of its own returns, since cores belong to a thread. */
    private static List<Integer> inThread(Consumer<List<Integer>> work) throws InterruptedException {
        List<Integer> seen = new ArrayList<>();
        Thread thread = new Thread(() -> work.accept(seen));
        thread.start();
        thread.join();
        return seen;
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aThreadLeavesACoreUntilItLeavesAnother() throws InterruptedException {
        assumeTrue(Cores.count() > 1, "one core");
        List<Integer> cores = inThread(seen -> {
            for (int i = 0; i < 20; i++) {
                int core = Cores.current();
                Cores.leave(Cores.CALLING_THREAD, core);
                seen.add(core);
                seen.add(Cores.current());
            }
        });
        for (int i = 0; i < cores.size(); i += 2) {
            assertTrue(cores.get(i) >= 0);
            assertNotEquals(cores.get(i), cores.get(i + 1));
        }
    }

    /** A sleeping worker is moved before it is woken. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void anotherThreadThatSleepsIsMoved() throws InterruptedException {
        assumeTrue(Cores.count() > 1, "one core");
        int[] seen = new int[3];
        CountDownLatch asleep = new CountDownLatch(1);
        CountDownLatch moved = new CountDownLatch(1);
        Thread thread = new Thread(() -> {
            seen[0] = Cores.thread();
            seen[1] = Cores.current();
            asleep.countDown();
            try {
                moved.await();
                seen[2] = Cores.current();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        thread.start();
        asleep.await();
        assertTrue(Files.isDirectory(Path.of("/proc/self/task", Integer.toString(seen[0]))), "it is of this process");
        assertNotEquals(Cores.thread(), seen[0]);
        Cores.leave(seen[0], seen[1]);
        moved.countDown();
        thread.join();
        assertNotEquals(seen[1], seen[2]);
    }

    @Test
    void coresThatThereAreNotChangeNothing() throws InterruptedException {
        List<Integer> cores = inThread(seen -> {
            Cores.leave(Cores.CALLING_THREAD, -1);
            Cores.leave(Cores.CALLING_THREAD, 1 << 20);
            seen.add(Cores.current());
        });
        assertEquals(Cores.count() > 0, cores.get(0) >= 0);
    }
}
