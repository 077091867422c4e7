package tandem.engine;

import java.util.Optional;

/**
 * The library operations of a device: by oneDNN on the CPU, by cuDNN and cuBLAS on a GPU, and some by code of this
 * project. Images are (N, H, W, C), filters (K, R, S, C), densely packed. A shape names the type of images, their
 * gradients and filters: FLOAT32, or BFLOAT16 or FLOAT16 with arithmetic in FLOAT32. Biases, statistics, scales and the
 * gradients of parameters are always FLOAT32. Each method chooses an algorithm and returns a {@link Primitive}; the
 * order of the arguments of its {@code bind} is written at the method. {@link Memory#NONE} means an absent argument.
 */
public interface Dnn {

    /**
     * A convolution's sizes.
     *
     * @param n images
     * @param h input rows (w columns, c channels)
     * @param k output channels
     * @param r filter rows (s columns)
     * @param stride step along both axes
     * @param padding zeros on all four sides
     * @param type of x, y, filter and residual
     */
    record ConvolutionShape(int n, int h, int w, int c, int k, int r, int s, int stride, int padding, DataType type) {
        /** In FLOAT32. */
        public ConvolutionShape(int n, int h, int w, int c, int k, int r, int s, int stride, int padding) {
            this(n, h, w, c, k, r, s, stride, padding, DataType.FLOAT32);
        }

        // Written out, as what the JVM generates for records takes milliseconds at the start of a process.
        @Override
        public boolean equals(Object other) {
            return other instanceof ConvolutionShape that
                    && n == that.n
                    && h == that.h
                    && w == that.w
                    && c == that.c
                    && k == that.k
                    && r == that.r
                    && s == that.s
                    && stride == that.stride
                    && padding == that.padding
                    && type == that.type;
        }

        @Override
        public int hashCode() {
            int hash = ((n * 31 + h) * 31 + w) * 31 + c;
            return (((hash * 31 + k) * 31 + r) * 31 + s) * 31 + stride;
        }

        /** Output rows. */
        public int outputH() {
            return (h + 2 * padding - r) / stride + 1;
        }

        /** Output columns. */
        public int outputW() {
            return (w + 2 * padding - s) / stride + 1;
        }

        /** Elements of x. */
        public long inputElements() {
            return (long) n * h * w * c;
        }

        /** Elements of y. */
        public long outputElements() {
            return (long) n * outputH() * outputW() * k;
        }

        /** Elements of the filter. */
        public long filterElements() {
            return (long) k * r * s * c;
        }

        /** The same sizes in another type. */
        public ConvolutionShape as(DataType other) {
            return new ConvolutionShape(n, h, w, c, k, r, s, stride, padding, other);
        }
    }

    /**
     * A batch normalization over N, H and W of (N, H, W, C).
     *
     * @param epsilon added to the variance
     * @param activation applied after the residual is added
     * @param residual whether a second (N, H, W, C) tensor is added before the activation
     * @param type of x, y and residual
     */
    record BatchNormShape(
            int n, int h, int w, int c, float epsilon, Activation activation, boolean residual, DataType type) {
        /** Elements of x. */
        public long elements() {
            return (long) n * h * w * c;
        }

        /** The same sizes in another type. */
        public BatchNormShape as(DataType other) {
            return new BatchNormShape(n, h, w, c, epsilon, activation, residual, other);
        }
    }

    /** A square max-pooling window over (N, H, W, C); padding is never the maximum. */
    record PoolShape(int n, int h, int w, int c, int window, int stride, int padding, DataType type) {
        // Written out, as what the JVM generates for records takes milliseconds at the start of a process.
        @Override
        public boolean equals(Object other) {
            return other instanceof PoolShape that
                    && n == that.n
                    && h == that.h
                    && w == that.w
                    && c == that.c
                    && window == that.window
                    && stride == that.stride
                    && padding == that.padding
                    && type == that.type;
        }

        @Override
        public int hashCode() {
            return (((n * 31 + h) * 31 + w) * 31 + c) * 31 + window;
        }

        /** Output rows. */
        public int outputH() {
            return (h + 2 * padding - window) / stride + 1;
        }

        /** Output columns. */
        public int outputW() {
            return (w + 2 * padding - window) / stride + 1;
        }

        /** Elements of x. */
        public long inputElements() {
            return (long) n * h * w * c;
        }

        /** Elements of y. */
        public long outputElements() {
            return (long) n * outputH() * outputW() * c;
        }

        /** The same sizes in another type. */
        public PoolShape as(DataType other) {
            return new PoolShape(n, h, w, c, window, stride, padding, other);
        }

        /**
         * What a graph sets aside for the backward pass: an index into the window for each output, in one byte or in
         * four.
         */
        public long reserveBytes() {
            return outputElements() * (window * window < 256 ? 1 : Integer.BYTES);
        }
    }

    /**
     * A matrix product's sizes: a (m, k) times b (k, n) is c (m, n).
     *
     * @param transposeA whether a is stored as (k, m)
     * @param transposeB whether b is stored as (n, k)
     */
    record ProductShape(int m, int n, int k, boolean transposeA, boolean transposeB) {}

    /**
     * A convolution on bytes, for inference: x is UINT8, each filter is rounded to signed bytes times a scale of its
     * own, and the sums are exact.
     *
     * @param sizes its sizes; their type is that of the filter before rounding, FLOAT32
     * @param input what the bytes of x mean; padding is the value 0
     * @param bias whether there is one
     * @param residual whether a tensor of the shape of y is added before the activation
     * @param residualBytes what the bytes of the residual mean; empty for a FLOAT32 residual, or none
     * @param activation applied last
     * @param output what the bytes of y mean; empty for a FLOAT32 y
     */
    record QuantizedShape(
            ConvolutionShape sizes,
            Quantization input,
            boolean bias,
            boolean residual,
            Optional<Quantization> residualBytes,
            Activation activation,
            Optional<Quantization> output) {}

    /** A library operation with its algorithm chosen. */
    interface Primitive {
        /** Scratch bytes needed while it runs. */
        long workspaceBytes();

        /** Fixes the addresses. The order of arguments is that of the method that made the primitive. */
        Command bind(Memory workspace, Memory... arguments);

        /** Bytes of what can be computed from the filter alone and stored; 0 where that would save no time. */
        default long preparedBytes() {
            return 0;
        }

        /**
         * Scratch bytes of the commands of {@link #bindPreparation} and {@link #bindPrepared}: less than those of
         * {@link #bind} where that computes what is prepared in the workspace.
         */
        default long preparedWorkspaceBytes() {
            return workspaceBytes();
        }

        /** Fills {@code prepared} from the filter. Only where {@link #preparedBytes} is not 0. */
        default Command bindPreparation(Memory workspace, Memory prepared, Memory... arguments) {
            throw new UnsupportedOperationException("nothing is prepared");
        }

        /** Like {@link #bind}, for runs after the preparation. Only where {@link #preparedBytes} is not 0. */
        default Command bindPrepared(Memory workspace, Memory prepared, Memory... arguments) {
            throw new UnsupportedOperationException("nothing is prepared");
        }
    }

    /** x, filter, bias or NONE (K), residual or NONE (as y), y: activation(conv(x) + bias + residual). */
    Primitive convolutionForward(ConvolutionShape shape, boolean bias, boolean residual, Activation activation);

    /** dy, filter, dx. */
    Primitive convolutionBackwardData(ConvolutionShape shape);

    /** x, dy, dFilter, dBias or NONE. */
    Primitive convolutionBackwardFilter(ConvolutionShape shape, boolean bias);

    /** Takes {@link BatchNormArguments.Forward}. */
    Primitive batchNormForward(BatchNormShape shape);

    /** Takes {@link BatchNormArguments.Backward}. */
    Primitive batchNormBackward(BatchNormShape shape);

    /** Takes {@link BatchNormArguments.Inference}. */
    Primitive batchNormInference(BatchNormShape shape);

    /** x, y, reserve. */
    Primitive maxPoolForward(PoolShape shape);

    /** dy, reserve, dx. */
    Primitive maxPoolBackward(PoolShape shape);

    /** x (N, H, W, C), y (N, 1, 1, C): the mean over H and W. */
    Primitive globalAveragePoolForward(int n, int h, int w, int c, DataType type);

    /** dy (N, 1, 1, C), dx (N, H, W, C). */
    Primitive globalAveragePoolBackward(int n, int h, int w, int c, DataType type);

    /** a, b, c = a b, row-major, FLOAT32. */
    Primitive matrixProduct(ProductShape shape);

    /**
     * The maximum magnitude of the signed bytes of filters that {@link #quantizedConvolution} multiplies without
     * overflow, 127 or less; 0 where the device has no convolution on bytes.
     */
    default int maxFilterByte() {
        return 0;
    }

    /** x (FLOAT32), y (UINT8, of so many elements too): bytes as {@link Quantization} states. NaN becomes any byte. */
    default Primitive quantize(long elements, Quantization to) {
        throw new UnsupportedOperationException("this device has no convolutions on bytes");
    }

    /**
     * x (UINT8), filter (FLOAT32), scales of the filters (K), bias or NONE (K), residual or NONE (as y), y:
     * activation(scale[k] conv(x, round(filter[k] / scale[k])) + bias + residual).
     *
     * <p>No filter[k] / scale[k] may have a magnitude above {@link #maxFilterByte}.
     */
    default Primitive quantizedConvolution(QuantizedShape shape) {
        throw new UnsupportedOperationException("this device has no convolutions on bytes");
    }
}
