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
import tandem.engine.operation.Divisor;
import tandem.kernels.Catalogue;
import tandem.kernels.KernelEntry;
import tandem.model.batch.StagedBatch;

/**
 * What a teacher said about every image of a data set at one input side, on the device. It serves where an image looks
 * the same each time it comes, so that a teacher need not be asked twice. A batch is answered from it when all its
 * images are known.
 */
final class TeacherOutputCache implements AutoCloseable {

    /** A batch's tensor and where its rows are kept. */
    private record Place(Memory answers, Memory kept) {}

    /** The recordings that fill one program's inputs and that learn from them. */
    record Access(Recording keep, Recording recall) implements AutoCloseable {
        @Override
        public void close() {
            keep.close();
            recall.close();
        }
    }

    private final Device device;
    private final List<Long> rowBytes;
    private final int images;
    private final int batch;
    private final Buffer answers;
    private final Buffer slots;
    private final ByteBuffer numbers;
    private final BitSet known = new BitSet();

    /**
     * Room for every image.
     *
     * @param images of the data set
     * @param batch images of a batch
     * @param rowBytes of each answer to one image
     */
    TeacherOutputCache(Device device, int images, int batch, List<Long> rowBytes) {
        this.device = device;
        this.images = images;
        this.batch = batch;
        this.rowBytes = List.copyOf(rowBytes);
        this.answers = device.allocate(bytes(images, rowBytes), "answers of a teacher");
        this.slots = device.allocate((long) Integer.BYTES * batch, "numbers of images");
        this.numbers = ByteBuffer.allocateDirect(Integer.BYTES * batch).order(ByteOrder.nativeOrder());
    }

    /** What a cache takes. */
    static long bytes(int images, List<Long> rowBytes) {
        return rowBytes.stream().mapToLong(row -> Memory.aligned(row * images)).sum();
    }

    long bytes() {
        return answers.memory().bytes() + slots.memory().bytes();
    }

    /** Makes the commands for tensors (batch, row) in the order of the rows that it was made with. */
    Access access(List<Memory> tensors) {
        List<Command> keep = new ArrayList<>();
        List<Command> recall = new ArrayList<>();
        long offset = 0;
        for (int i = 0; i < tensors.size(); i++) {
            long bytes = rowBytes.get(i) * images;
            Place place = new Place(tensors.get(i), answers.memory().slice(offset, bytes));
            offset += Memory.aligned(bytes);
            int elements = Math.toIntExact(rowBytes.get(i) / Float.BYTES);
            boolean four = elements % 4 == 0;
            int row = four ? elements / 4 : elements;
            keep.add(launch(four ? "imitation_keep4" : "imitation_keep", row, place.answers(), place.kept()));
            recall.add(launch(four ? "imitation_recall4" : "imitation_recall", row, place.kept(), place.answers()));
        }
        return new Access(device.record(keep), device.record(recall));
    }

    private Command launch(String entry, int row, Memory from, Memory to) {
        KernelEntry kernel = Catalogue.find(entry);
        Divisor divisor = Divisor.of(row);
        int total = Math.multiplyExact(batch, row);
        return device.launch(kernel, kernel.elements(total), from, slots.memory(), to, row, divisor, total);
    }

    /** Fetches the answers to a batch; false when one of its images was never asked about. */
    boolean recall(StagedBatch staged, Access access) {
        for (int i = 0; i < batch; i++) {
            if (!known.get(staged.sample(i))) {
                return false;
            }
        }
        number(staged);
        access.recall().replay();
        return true;
    }

    /** Keeps the answers to a batch. */
    void keep(StagedBatch staged, Access access) {
        number(staged);
        access.keep().replay();
        for (int i = 0; i < batch; i++) {
            known.set(staged.sample(i));
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
        answers.close();
        slots.close();
    }
}
