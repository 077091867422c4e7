package tandem.model.inference;

import java.util.List;
import tandem.engine.Program;
import tandem.model.network.FoldedLayer;
import tandem.model.network.Outputs;

/** Reads the inputs of convolutions and the outputs of a network after each batch. */
@FunctionalInterface
public interface LayerObserver {

    /**
     * After a batch.
     *
     * @param program has run; the inputs of the layers and the outputs can be downloaded from it
     * @param layers all convolutions, in their order
     */
    void observe(Program program, List<FoldedLayer> layers, Outputs outputs);
}
