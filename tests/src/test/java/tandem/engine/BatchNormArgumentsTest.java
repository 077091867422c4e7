package tandem.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The order of arguments, which both devices and the graph share. */
class BatchNormArgumentsTest {

    private static final List<String> FORWARD = List.of("x", "gamma", "beta", "residual", "y", "mean", "variance");
    private static final List<String> INFERENCE = List.of("x", "gamma", "beta", "mean", "variance", "residual", "y");
    private static final List<String> BACKWARD =
            List.of("x", "y", "dy", "gamma", "beta", "mean", "variance", "dx", "dGamma", "dBeta", "dResidual");

    @Test
    void namesAreInTheOrderOfTheArguments() {
        assertEquals(
                "Forward[x=x, gamma=gamma, beta=beta, residual=residual, y=y, mean=mean, variance=variance]",
                BatchNormArguments.Forward.of(FORWARD).toString());
        assertEquals(
                "Inference[x=x, gamma=gamma, beta=beta, mean=mean, variance=variance, residual=residual, y=y]",
                BatchNormArguments.Inference.of(INFERENCE).toString());
        assertEquals(
                "Backward[x=x, y=y, dy=dy, gamma=gamma, beta=beta, mean=mean, variance=variance, "
                        + "dx=dx, dGamma=dGamma, dBeta=dBeta, dResidual=dResidual]",
                BatchNormArguments.Backward.of(BACKWARD).toString());
    }

    @Test
    void listsAreWhatTheRecordsWereMadeFrom() {
        assertEquals(FORWARD, BatchNormArguments.Forward.of(FORWARD).list());
        assertEquals(INFERENCE, BatchNormArguments.Inference.of(INFERENCE).list());
        assertEquals(BACKWARD, BatchNormArguments.Backward.of(BACKWARD).list());
    }

    @Test
    void anotherNumberOfArgumentsIsRejected() {
        for (List<String> wrong : List.of(FORWARD.subList(0, 6), List.<String>of())) {
            assertEquals(
                    "batch_norm_forward takes 7 arguments, not " + wrong.size(),
                    assertThrows(IllegalArgumentException.class, () -> BatchNormArguments.Forward.of(wrong))
                            .getMessage());
        }
        assertThrows(IllegalArgumentException.class, () -> BatchNormArguments.Inference.of(BACKWARD));
        assertThrows(IllegalArgumentException.class, () -> BatchNormArguments.Backward.of(FORWARD));
    }

    @Test
    void positionsCountFromZero() {
        assertEquals(List.of(0, 1, 2, 3, 4, 5, 6), BatchNormArguments.Forward.POSITIONS.list());
        assertEquals(List.of(0, 1, 2, 3, 4, 5, 6), BatchNormArguments.Inference.POSITIONS.list());
        assertEquals(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10), BatchNormArguments.Backward.POSITIONS.list());
        assertEquals(10, BatchNormArguments.Backward.POSITIONS.dResidual());
    }
}
