package tandem.engine.memory;

import java.util.function.Supplier;
import tandem.engine.Activation;
import tandem.engine.Command;
import tandem.engine.DataType;
import tandem.engine.DeviceLock;
import tandem.engine.Dnn;
import tandem.engine.Memory;
import tandem.engine.Quantization;

/** The library operations of a device, each made and bound with the device's lock. */
public final class LockedDnn implements Dnn {

    private final DeviceLock lock;
    private final Dnn dnn;

    /** The same operations as {@code dnn}. */
    public LockedDnn(DeviceLock lock, Dnn dnn) {
        this.lock = lock;
        this.dnn = dnn;
    }

    private record LockedPrimitive(DeviceLock lock, Primitive primitive) implements Primitive {

        @Override
        public long workspaceBytes() {
            return primitive.workspaceBytes();
        }

        @Override
        public Command bind(Memory workspace, Memory... arguments) {
            return lock.call(() -> primitive.bind(workspace, arguments));
        }

        @Override
        public long preparedBytes() {
            return primitive.preparedBytes();
        }

        @Override
        public long preparedWorkspaceBytes() {
            return primitive.preparedWorkspaceBytes();
        }

        @Override
        public Command bindPreparation(Memory workspace, Memory prepared, Memory... arguments) {
            return lock.call(() -> primitive.bindPreparation(workspace, prepared, arguments));
        }

        @Override
        public Command bindPrepared(Memory workspace, Memory prepared, Memory... arguments) {
            return lock.call(() -> primitive.bindPrepared(workspace, prepared, arguments));
        }
    }

    private Primitive locked(Supplier<Primitive> maker) {
        return new LockedPrimitive(lock, lock.call(maker));
    }

    @Override
    public Primitive convolutionForward(ConvolutionShape shape, boolean bias, boolean residual, Activation activation) {
        return locked(() -> dnn.convolutionForward(shape, bias, residual, activation));
    }

    @Override
    public Primitive convolutionBackwardData(ConvolutionShape shape) {
        return locked(() -> dnn.convolutionBackwardData(shape));
    }

    @Override
    public Primitive convolutionBackwardFilter(ConvolutionShape shape, boolean bias) {
        return locked(() -> dnn.convolutionBackwardFilter(shape, bias));
    }

    @Override
    public Primitive batchNormForward(BatchNormShape shape) {
        return locked(() -> dnn.batchNormForward(shape));
    }

    @Override
    public Primitive batchNormBackward(BatchNormShape shape) {
        return locked(() -> dnn.batchNormBackward(shape));
    }

    @Override
    public Primitive batchNormInference(BatchNormShape shape) {
        return locked(() -> dnn.batchNormInference(shape));
    }

    @Override
    public Primitive maxPoolForward(PoolShape shape) {
        return locked(() -> dnn.maxPoolForward(shape));
    }

    @Override
    public Primitive maxPoolBackward(PoolShape shape) {
        return locked(() -> dnn.maxPoolBackward(shape));
    }

    @Override
    public Primitive globalAveragePoolForward(int n, int h, int w, int c, DataType type) {
        return locked(() -> dnn.globalAveragePoolForward(n, h, w, c, type));
    }

    @Override
    public Primitive globalAveragePoolBackward(int n, int h, int w, int c, DataType type) {
        return locked(() -> dnn.globalAveragePoolBackward(n, h, w, c, type));
    }

    @Override
    public Primitive matrixProduct(ProductShape shape) {
        return locked(() -> dnn.matrixProduct(shape));
    }

    @Override
    public int maxFilterByte() {
        return lock.call(dnn::maxFilterByte);
    }

    @Override
    public Primitive quantize(long elements, Quantization to) {
        return locked(() -> dnn.quantize(elements, to));
    }

    @Override
    public Primitive quantizedConvolution(QuantizedShape shape) {
        return locked(() -> dnn.quantizedConvolution(shape));
    }
}
