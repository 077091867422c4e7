package tandem.engine.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tandem.engine.Activation;
import tandem.engine.DeviceLock;
import tandem.engine.Dnn.ConvolutionShape;
import tandem.engine.Dnn.QuantizedShape;
import tandem.engine.Quantization;
import tandem.engine.memory.Allocations;

class OneDnnQuantizedTest {

    private enum Residual {
        NONE,
        FLOATS,
        BYTES
    }

    /** oneDNN's reference code is hundreds of times slower and is chosen without an error. */
    @Test
    void noConvolutionIsLeftToReferenceCode() {
        try (OneDnn library = new OneDnn(1)) {
            Allocations allocations = new Allocations(new HostMemory(), new DeviceLock("test"));
            for (int window : List.of(1, 3, 7)) {
                for (int zeroPoint : List.of(0, 20)) {
                    for (Residual residual : Residual.values()) {
                        for (Optional<Quantization> output :
                                List.of(Optional.<Quantization>empty(), Optional.of(new Quantization(1, 9)))) {
                            QuantizedShape shape = new QuantizedShape(
                                    new ConvolutionShape(1, 20, 20, 24, 40, window, window, 1, window / 2),
                                    new Quantization(1, zeroPoint),
                                    true,
                                    residual != Residual.NONE,
                                    residual == Residual.BYTES
                                            ? Optional.of(new Quantization(0.5f, 3))
                                            : Optional.empty(),
                                    Activation.leaky(0.1f),
                                    output);
                            OneDnnQuantized primitives = new OneDnnQuantized(library, allocations, shape);
                            List<ConvolutionPart> parts = new ArrayList<>(ConvolutionPart.byRows(shape.sizes(), 3));
                            parts.add(ConvolutionPart.whole(shape.sizes()));
                            for (ConvolutionPart part : parts) {
                                OneDnnSequence made = primitives.part(part);
                                assertFalse(made.implementations().get(0).contains("ref"), part + " of " + shape);
                                List<String> names = primitives
                                        .preparation(made.layout(OneDnnQuantized.PART_FILTER))
                                        .implementations();
                                assertEquals(window > 1 && zeroPoint > 0 ? 2 : 1, names.size());
                                assertFalse(names.get(names.size() - 1).contains("ref"), names + " for " + shape);
                            }
                        }
                    }
                }
            }
        }
    }
}
