package tandem.model.distillation;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import tandem.engine.Buffer;
import tandem.engine.Command;
import tandem.engine.Device;
import tandem.engine.Memory;
import tandem.engine.Recording;
import tandem.engine.Resources;
import tandem.engine.operation.Divisor;
import tandem.kernels.Catalogue;
import tandem.kernels.KernelEntry;
import tandem.model.batch.StagedBatch;

/**
 * The outputs of a teacher for every image of a data set at one input size, in device memory. It is used when an image
 * is the same each time it is read (no augmentation), so that the teacher runs once per image. A batch is read from it
 * when all its images are cached.
 */
final class TeacherOutputCache implements AutoCloseable {

    /** The tensor of a batch and the memory that stores its rows. */
    private record Place(Memory outputs, Memory stored) {}

    /** The recordings that store the outputs of one program and that read them back. */
    record Access(Recording store, Recording load) implements AutoCloseable {
        @Override
        public void close() {
            store.close();
            load.close();
        }
    }

    private final Device device;
    private final List<Long> rowBytes;
    private final int images;
    private final int batch;
    private final Resources owned = new Resources();
    private final Buffer outputs;
    private final Buffer slots;
    private final ByteBuffer numbers;
    private final BitSet cached = new BitSet();

    /**
     * Allocates space for every image.
     *
     * @param images number of images of the data set
     * @param batch images per batch
     * @param rowBytes bytes of each output for one image
     */
    TeacherOutputCache(Device device, int images, int batch, List<Long> rowBytes) {
        this.device = device;
        this.images = images;
        this.batch = batch;
        this.rowBytes = List.copyOf(rowBytes);
        try {
            outputs = owned.add(device.allocate(bytes(images, rowBytes), "teacher output cache"));
            slots = owned.add(
                    device.allocate((long) Integer.BYTES * batch, "image numbers of the teacher output cache"));
        } catch (RuntimeException | Error problem) {
            owned.closeAfter(problem);
            throw problem;
        }
        this.numbers = ByteBuffer.allocateDirect(Integer.BYTES * batch).order(ByteOrder.nativeOrder());
    }

    /** The bytes that a cache needs. */
    static long bytes(int images, List<Long> rowBytes) {
        return rowBytes.stream().mapToLong(row -> Memory.aligned(row * images)).sum();
    }

    long bytes() {
        return outputs.memory().bytes() + slots.memory().bytes();
    }

    /** Records the commands for tensors (batch, row), in the order of the constructor's rows. */
    Access access(List<Memory> tensors) {
        List<Command> store = new ArrayList<>();
        List<Command> load = new ArrayList<>();
        long offset = 0;
        for (int i = 0; i < tensors.size(); i++) {
            long bytes = rowBytes.get(i) * images;
            Place place = new Place(tensors.get(i), outputs.memory().slice(offset, bytes));
            offset += Memory.aligned(bytes);
            int elements = Math.toIntExact(rowBytes.get(i) / Float.BYTES);
            boolean four = elements % 4 == 0;
            int row = four ? elements / 4 : elements;
            store.add(launch(four ? "imitation_keep4" : "imitation_keep", row, place.outputs(), place.stored()));
            load.add(launch(four ? "imitation_recall4" : "imitation_recall", row, place.stored(), place.outputs()));
        }
        return new Access(device.record(store), device.record(load));
    }

    private Command launch(String entry, int row, Memory from, Memory to) {
        KernelEntry kernel = Catalogue.find(entry);
        Divisor divisor = Divisor.of(row);
        int total = Math.multiplyExact(batch, row);
        return device.launch(kernel, kernel.elements(total), from, slots.memory(), to, row, divisor, total);
    }

    /** Reads the outputs for a batch; false when one of its images is not cached. */
    boolean load(StagedBatch staged, Access access) {
        for (int i = 0; i < batch; i++) {
            if (!cached.get(staged.sample(i))) {
                return false;
            }
        }
        number(staged);
        access.load().replay();
        return true;
    }

    /** Stores the outputs for a batch. */
    void store(StagedBatch staged, Access access) {
        number(staged);
        access.store().replay();
        for (int i = 0; i < batch; i++) {
            cached.set(staged.sample(i));
        }
    }

    private void number(StagedBatch staged) {
        numbers.clear();
        for (int i = 0; i < batch; i++) {
            numbers.putInt(4 * i, staged.sample(i));
        }
        device.upload(numbers, slots.memory());
    }

    @Override
    public void close() {
        owned.close();
    }
}
