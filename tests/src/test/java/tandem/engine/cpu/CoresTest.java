package tandem.engine.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
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
                Cores.leave(core);
                seen.add(core);
                seen.add(Cores.current());
            }
        });
        for (int i = 0; i < cores.size(); i += 2) {
            assertTrue(cores.get(i) >= 0);
            assertNotEquals(cores.get(i), cores.get(i + 1));
        }
    }

    @Test
    void coresThatThereAreNotChangeNothing() throws InterruptedException {
        List<Integer> cores = inThread(seen -> {
            Cores.leave(-1);
            Cores.leave(1 << 20);
            seen.add(Cores.current());
        });
        assertEquals(Cores.count() > 0, cores.get(0) >= 0);
    }
}
