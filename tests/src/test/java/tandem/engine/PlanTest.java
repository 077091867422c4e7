package tandem.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import tandem.engine.cpu.CpuDevice;
import tandem.engine.operation.Move;

class PlanTest {

    @Test
    void aChainOfCopiesNeedsTwoTensorsAtOnce() {
        try (CpuDevice device = new CpuDevice()) {
            Graph graph = new Graph(new Variables());
            Tensor tensor = graph.input("x", DataType.FLOAT32, Shape.of(64));
            for (int i = 0; i < 6; i++) {
                tensor = Move.copy(graph, tensor);
            }
            graph.keep(tensor);
            Plan plan = Plan.of(graph, device);
            assertEquals(6 * 256, plan.unsharedActivationBytes());
            assertEquals(2 * 256, plan.liveActivationBytes());
            assertEquals(2 * 256, plan.activationBytes());
            assertEquals(256, plan.inputBytes());
            assertEquals(3 * 256, plan.peakBytes());
            assertTrue(plan.toString().contains("peak"), plan.toString());
        }
    }

    @Test
    void aViewKeepsItsBaseAlive() {
        try (CpuDevice device = new CpuDevice()) {
            Graph graph = new Graph(new Variables());
            Tensor x = graph.input("x", DataType.FLOAT32, Shape.of(2, 32));
            Tensor base = Move.copy(graph, x);
            Tensor view = Move.view(graph, base, Shape.of(64));
            Tensor between = Move.copy(graph, x);
            graph.keep(Move.copy(graph, between));
            graph.keep(Move.copy(graph, view));
            Plan plan = Plan.of(graph, device);
            Map<Tensor, Plan.Placement> places = new java.util.HashMap<>();
            plan.placements().forEach(place -> places.put(place.tensor(), place));
            assertFalse(places.containsKey(view));
            assertEquals(4, places.get(base).last());
            assertFalse(overlap(places.get(base), places.get(between)));
        }
    }

    @Test
    void tensorsAliveTogetherNeverOverlap() {
        for (int seed = 0; seed < 50; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Variables variables = new Variables();
            Graph graph = new Graph(variables);
            List<Tensor> tensors = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                tensors.add(graph.input("x" + i, DataType.UINT8, Shape.of(random.nextInt(0, 5000))));
            }
            for (int i = 0; i < 60; i++) {
                tensors.add(Move.copy(
                        graph, tensors.get(random.nextInt(Math.max(0, tensors.size() - 12), tensors.size()))));
                if (random.nextInt(10) == 0) {
                    graph.keep(tensors.get(tensors.size() - 1));
                }
            }
            try (CpuDevice device = new CpuDevice()) {
                Plan plan = Plan.of(graph, device);
                List<Plan.Placement> places = plan.placements();
                for (Plan.Placement a : places) {
                    assertEquals(0, a.offset() % 256);
                    assertTrue(a.offset() + a.tensor().bytes() <= plan.activationBytes());
                    for (Plan.Placement b : places) {
                        assertFalse(a != b && overlap(a, b), seed + ": " + a + " and " + b);
                    }
                }
                assertTrue(plan.activationBytes() >= plan.liveActivationBytes());
                assertTrue(plan.activationBytes() <= plan.unsharedActivationBytes());
            }
        }
    }

    private static boolean overlap(Plan.Placement a, Plan.Placement b) {
        boolean together = a.first() <= b.last() && b.first() <= a.last();
        return together
                && a.offset() < b.offset() + b.tensor().bytes()
                && b.offset() < a.offset() + a.tensor().bytes();
    }
}
