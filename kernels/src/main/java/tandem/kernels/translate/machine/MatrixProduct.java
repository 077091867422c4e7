package tandem.kernels.translate.machine;

import java.util.Arrays;

/**
 * D = A B + C ({@code mma}, {@code wmma.mma}). Lanes hand over the registers of A, of B and of C. Products are exact,
 * sums are kept in double precision in the order of k and rounded once; the PTX ISA leaves order and rounding of
 * floating-point sums open, but for {@code f64}, where each step is a fused multiply-add.
 *
 * @param a (M, K)
 * @param b (K, N)
 * @param c (M, N)
 * @param d (M, N)
 * @param saturates whether integer sums are clamped
 */
public record MatrixProduct(MatrixFragment a, MatrixFragment b, MatrixFragment c, MatrixFragment d, boolean saturates)
        implements MatrixOperation {

    private static final int LANES = 32;
    /** Elements of the largest matrix. */
    private static final int MAX_ELEMENTS = 512;

    /** The elements of the three matrices, of one worker thread. */
    private static final ThreadLocal<double[][]> ELEMENTS = ThreadLocal.withInitial(() -> new double[3][MAX_ELEMENTS]);

    @Override
    public int registers() {
        return a.registers() + b.registers() + c.registers();
    }

    @Override
    public void perform(int lanes, long records, int stride) {
        double[][] elements = ELEMENTS.get();
        gather(a, elements[0], lanes, records + REGISTERS, stride);
        gather(b, elements[1], lanes, records + REGISTERS + 8 * a.registers(), stride);
        gather(c, elements[2], lanes, records + REGISTERS + 8 * (a.registers() + b.registers()), stride);
        multiply(elements[0], elements[1], elements[2]);
        int packed = d.element().perRegister();
        for (int lane = 0; lane < LANES; lane++) {
            for (int register = 0; register < d.registers() && (lanes >>> lane & 1) != 0; register++) {
                long bits = 0;
                for (int part = packed - 1; part >= 0; part--) {
                    int index = d.index(lane, register * packed + part);
                    bits = bits << (packed == 1 ? 0 : 8 * d.element().bytes())
                            | d.element().bits(elements[2][index], saturates);
                }
                Raw.UNSAFE.putLong(records + (long) lane * stride + REGISTERS + 8 * register, bits);
            }
        }
    }

    private static void gather(MatrixFragment fragment, double[] into, int lanes, long first, int stride) {
        MatrixElement element = fragment.element();
        int packed = element.perRegister();
        Arrays.fill(into, 0);
        for (int lane = 0; lane < LANES; lane++) {
            for (int place = 0; place < fragment.places() && (lanes >>> lane & 1) != 0; place++) {
                long bits = Raw.UNSAFE.getLong(first + (long) lane * stride + 8 * (place / packed));
                into[fragment.index(lane, place)] = element.value(bits >>> 8 * element.bytes() * (place % packed));
            }
        }
    }

    private void multiply(double[] left, double[] right, double[] sums) {
        boolean fused = d.element() == MatrixElement.F64;
        for (int row = 0; row < a.rows(); row++) {
            for (int column = 0; column < b.columns(); column++) {
                double sum = sums[row * b.columns() + column];
                for (int k = 0; k < a.columns(); k++) {
                    double x = left[row * a.columns() + k];
                    double y = right[k * b.columns() + column];
                    sum = fused ? Math.fma(x, y, sum) : sum + x * y;
                }
                sums[row * b.columns() + column] = sum;
            }
        }
    }
}
