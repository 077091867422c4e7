package tandem.engine.cuda;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tandem.engine.Activation;
import tandem.engine.ConvolutionKind;
import tandem.engine.Dnn.ConvolutionShape;
import tandem.engine.LibraryException;
import tandem.engine.Resources;

/**
 * The plans of cuDNN's graph API for one convolution: those that can be chosen while it is being measured, then the
 * chosen one, which lives as long as the device. What fails is left out, with the reason kept.
 */
final class ConvolutionGraphs {

    private static final Logger LOG = LoggerFactory.getLogger(ConvolutionGraphs.class);

    /** Configurations to make plans of, for the plain and for the fused convolution. */
    private static final int MAX_PLANS = 10;

    /** Those among them that compile their kernel. */
    private static final int MAX_COMPILED = 2;

    private final GraphApi api;
    private final ConvolutionShape shape;
    private final ConvolutionKind kind;
    private final boolean residual;
    private final Activation activation;
    private final Map<ConvolutionChoice.Method, GraphConvolution> graphs = new HashMap<>();
    private final Map<ConvolutionChoice, GraphPlan> plans = new HashMap<>();
    private final List<String> problems = new ArrayList<>();

    ConvolutionGraphs(
            GraphApi api, ConvolutionShape shape, ConvolutionKind kind, boolean residual, Activation activation) {
        this.api = api;
        this.shape = shape;
        this.kind = kind;
        this.residual = residual;
        this.activation = activation;
    }

    /**
     * Makes plans until there are enough or the time for it is over.
     *
     * @param fused whether bias, residual and activation are part of the graph
     */
    List<ConvolutionChoice> candidates(boolean fused, long workspaceLimit) {
        ConvolutionChoice.Method method = fused ? ConvolutionChoice.Method.GRAPH_FUSED : ConvolutionChoice.Method.GRAPH;
        List<ConvolutionChoice> found = new ArrayList<>();
        if (!api.available()) {
            problems.add(api.problem());
            return found;
        }
        long start = System.nanoTime();
        try {
            add(found, method, GraphConvolution.RANKED, workspaceLimit);
            if (found.isEmpty()) {
                add(found, method, GraphConvolution.FALLBACK, workspaceLimit);
            }
        } catch (LibraryException e) {
            problem(e.getMessage());
        }
        api.spend(System.nanoTime() - start);
        return found;
    }

    private void add(List<ConvolutionChoice> found, ConvolutionChoice.Method method, int mode, long workspaceLimit) {
        Set<String> seen = new HashSet<>();
        int[] compiled = new int[1];
        List<EngineConfiguration> configurations = graph(method)
                .configurations(
                        mode,
                        MAX_PLANS,
                        one -> api.allows(shape.type(), one)
                                && (!one.compiles() || compiled[0]++ < MAX_COMPILED)
                                && seen.add(one.text()));
        // Only now, as the first query of the heuristics loads libraries of cuDNN.
        long start = System.nanoTime();
        try (Resources rest = new Resources()) {
            configurations.forEach(rest::add);
            for (EngineConfiguration configuration : configurations) {
                if (!found.isEmpty() && api.late(start)) {
                    problem("the time for plans is over, " + found.size() + " were made");
                    return;
                }
                GraphPlan plan;
                try {
                    // Made again from the text, as a later process does.
                    plan = plan(method, configuration.text());
                } catch (LibraryException e) {
                    problem(e.getMessage());
                    continue;
                }
                if (plan.workspaceBytes() > workspaceLimit) {
                    problem("engine " + plan.configuration().text() + " needs " + plan.workspaceBytes()
                            + " bytes of workspace");
                    plan.close();
                    continue;
                }
                ConvolutionChoice choice = new ConvolutionChoice(
                        method,
                        0,
                        0,
                        plan.workspaceBytes(),
                        plan.configuration().text());
                plans.put(choice, plan);
                found.add(choice);
            }
        }
    }

    private GraphConvolution graph(ConvolutionChoice.Method method) {
        return graphs.computeIfAbsent(
                method,
                m -> m == ConvolutionChoice.Method.GRAPH
                        ? GraphConvolution.plain(api.backend(), shape, kind)
                        : GraphConvolution.fused(api.backend(), shape, residual, activation));
    }

    private GraphPlan plan(ConvolutionChoice.Method method, String engine) {
        GraphConvolution graph = graph(method);
        return graph.plan(graph.configuration(engine));
    }

    private void problem(String text) {
        LOG.debug("{} of {}: {}", kind, shape, text);
        problems.add(text);
    }

    /** Why plans that cuDNN proposed cannot be used. */
    List<String> problems() {
        return List.copyOf(problems);
    }

    /**
     * The plan of a choice, made if it comes from the cache on disk.
     *
     * @throws LibraryException when cuDNN does not make it any more
     */
    GraphPlan plan(ConvolutionChoice choice) {
        GraphPlan known = plans.get(choice);
        if (known != null) {
            return known;
        }
        if (!api.available()) {
            throw new LibraryException(api.problem());
        }
        GraphPlan made = plan(choice.method(), choice.engine());
        if (made.workspaceBytes() > choice.workspaceBytes()) {
            made.close();
            throw new LibraryException("the plan of engine " + choice.engine() + " needs " + made.workspaceBytes()
                    + " bytes of workspace, not " + choice.workspaceBytes());
        }
        plans.put(choice, made);
        return made;
    }

    /** What cuDNN notes about the engine of a choice, and how long its plan took to make. */
    String notes(ConvolutionChoice choice) {
        GraphPlan plan = plans.get(choice);
        return plan == null
                ? ""
                : plan.configuration().notes() + String.format(Locale.ROOT, " (plan in %.0f ms)", plan.milliseconds());
    }

    /** Destroys every plan and operation graph. */
    void clear() {
        plans.values().forEach(GraphPlan::close);
        plans.clear();
        graphs.values().forEach(GraphConvolution::close);
        graphs.clear();
    }

    /** Destroys every plan and operation graph but those of the choice. */
    void keep(ConvolutionChoice choice) {
        plans.entrySet().removeIf(entry -> {
            boolean other = !entry.getKey().equals(choice);
            if (other) {
                entry.getValue().close();
            }
            return other;
        });
        graphs.entrySet().removeIf(entry -> {
            boolean other = entry.getKey() != choice.method();
            if (other) {
                entry.getValue().close();
            }
            return other;
        });
    }
}
