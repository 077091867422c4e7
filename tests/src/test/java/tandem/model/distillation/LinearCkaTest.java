package tandem.model.distillation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.QRDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Test;

class LinearCkaTest {

    private static RealMatrix random(int rows, int columns, long seed) {
        java.util.Random random = new java.util.Random(seed);
        RealMatrix matrix = new Array2DRowRealMatrix(rows, columns);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                matrix.setEntry(i, j, (float) (j + random.nextGaussian()));
            }
        }
        return matrix;
    }

    private static double similarity(RealMatrix x, RealMatrix y) {
        return LinearCka.of(buffer(x), x.getColumnDimension(), buffer(y), y.getColumnDimension(), x.getRowDimension());
    }

    private static FloatBuffer buffer(RealMatrix matrix) {
        FloatBuffer values = FloatBuffer.allocate(matrix.getRowDimension() * matrix.getColumnDimension());
        for (double[] row : matrix.getData()) {
            for (double value : row) {
                values.put((float) value);
            }
        }
        return values.flip();
    }

    /**
     * By the other definition: centered Gram matrices K and L of the rows, trace(K L) / sqrt(trace(K K) trace(L L)).
     */
    private static double byGramMatrices(RealMatrix x, RealMatrix y) {
        int n = x.getRowDimension();
        RealMatrix centring = MatrixUtils.createRealIdentityMatrix(n).scalarAdd(-1.0 / n);
        RealMatrix k = centring.multiply(x).multiply(x.transpose()).multiply(centring);
        RealMatrix l = centring.multiply(y).multiply(y.transpose()).multiply(centring);
        return k.multiply(l).getTrace()
                / Math.sqrt(k.multiply(k).getTrace() * l.multiply(l).getTrace());
    }

    @Test
    void equalsTheDefinitionByGramMatrices() {
        RealMatrix x = random(50, 7, 1);
        RealMatrix y = random(50, 4, 2);
        y.setColumn(2, x.getColumn(5));
        assertEquals(byGramMatrices(x, y), similarity(x, y), 1e-9);
        assertEquals(similarity(y, x), similarity(x, y), 1e-12);
    }

    @Test
    void doesNotSeeRotationScaleAndShift() {
        RealMatrix x = random(60, 5, 3);
        RealMatrix rotation = new QRDecomposition(random(5, 5, 4)).getQ();
        assertEquals(1, similarity(x, x), 1e-12);
        assertEquals(1, similarity(x, x.multiply(rotation).scalarMultiply(-3).scalarAdd(2)), 1e-6);
        assertTrue(similarity(x, random(60, 5, 5)) < 0.5);
    }

    @Test
    void constantMapsAreLikeNothing() {
        assertEquals(0, similarity(random(10, 3, 6), new Array2DRowRealMatrix(10, 2).scalarAdd(4)));
    }

    @Test
    void manyRowsAreSampledEvenly() {
        SplittableRandom random = new SplittableRandom(7);
        int rows = 40_000;
        FloatBuffer x = FloatBuffer.allocate(2 * rows);
        FloatBuffer y = FloatBuffer.allocate(rows);
        for (int i = 0; i < rows; i++) {
            float a = (float) random.nextDouble(-1, 1);
            x.put(a).put((float) random.nextDouble(-1, 1));
            y.put(a);
        }
        // two independent columns of one variance, one of which is y: covariances (v, 0), so v^2 / (sqrt(2) v v)
        assertEquals(Math.sqrt(0.5), LinearCka.of(x.flip(), 2, y.flip(), 1, rows), 0.02);
    }

    @Test
    void levelsThatAreAtMostAsAlikeAsTheMeanAreChosen() {
        assertEquals(List.of(false, true, true, false), LevelGate.choose(List.of(0.9, 0.2, 0.5, 0.8)));
        assertEquals(List.of(true, true), LevelGate.choose(List.of(0.3, 0.3)));
        assertEquals(List.of(true), LevelGate.choose(List.of(0.7)));
    }
}
