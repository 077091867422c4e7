package tandem.model.batch;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import tandem.model.augment.AugmentationSampler;
import tandem.model.augment.CropSampler;
import tandem.model.augment.ImageParameters;
import tandem.model.data.Annotation;
import tandem.model.data.Box;
import tandem.model.data.DataSet;
import tandem.model.data.DecodedImage;
import tandem.model.data.ImageCache;
import tandem.model.data.Sample;
import tandem.model.image.Placement;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.Sampling;

/**
 * Prepares batches in background threads, one ahead of the one in use. Their contents do not depend on the number or
 * speed of the threads. {@link #next} is called by one thread and allocates nothing.
 */
public final class BatchStager implements AutoCloseable {

    private static final int SLOTS = 2;

    private final ImageCache images;
    private final BatchShape shape;
    private final EpochSampler training;
    private final AugmentationSampler augmentation;
    /** Null when whole images are used. */
    private final CropSampler crops;

    private final GeneratedLabelProvider supplementary;
    private final ExecutorService workers;
    private final List<Callable<Void>> tasks = new ArrayList<>();
    private final StagedBatch[] slots = new StagedBatch[SLOTS];
    private final Thread coordinator;
    private final int batches;

    private final Object monitor = new Object();
    /** Number of batches prepared and number returned by next() so far; both guarded by the monitor. */
    private int ready;

    private int taken;
    private Throwable failure;
    private boolean closed;

    private StagedBatch filling;

    private BatchStager(
            ImageCache images,
            BatchShape shape,
            int threads,
            EpochSampler training,
            AugmentationSettings settings,
            GeneratedLabelProvider supplementary) {
        int max = Math.max(images.data().maxBoxes(), supplementary.maxBoxes());
        if (shape.pixels() < images.maxDecodedPixels() || shape.boxes() < max) {
            throw new IllegalArgumentException("batches have room for " + shape.pixels() + " pixels and "
                    + shape.boxes() + " boxes an image, but " + images.data().name() + " has images of "
                    + images.maxDecodedPixels() + " pixels and " + max + " boxes");
        }
        this.images = images;
        this.shape = shape;
        this.training = training;
        Placement placement = images.conversion().placement();
        augmentation = new AugmentationSampler(settings, placement);
        crops = training != null && placement instanceof Placement.Part part ? new CropSampler(part.size()) : null;
        this.supplementary = supplementary;
        batches = training != null ? Integer.MAX_VALUE : (images.data().size() + shape.images() - 1) / shape.images();
        for (int i = 0; i < SLOTS; i++) {
            slots[i] = new StagedBatch(shape);
        }
        for (int i = 0; i < shape.images(); i++) {
            int image = i;
            tasks.add(() -> {
                fill(filling, image);
                return null;
            });
        }
        AtomicInteger number = new AtomicInteger();
        ThreadFactory factory = task -> {
            Thread thread = new Thread(task, "tandem-decode-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
        workers = Executors.newFixedThreadPool(Math.max(1, threads), factory);
        coordinator = new Thread(this::coordinate, "tandem-stage");
        coordinator.setDaemon(true);
        coordinator.start();
    }

    /**
     * An endless sequence of batches, shuffled and augmented.
     *
     * @param threads threads that decode
     * @param state where to start: {@link SamplerState#start} or the state of a checkpoint
     */
    public static BatchStager training(
            ImageCache images,
            BatchShape shape,
            int threads,
            SamplerState state,
            Sampling sampling,
            AugmentationSettings settings) {
        return training(images, shape, threads, state, sampling, settings, GeneratedLabelProvider.NONE);
    }

    /** The same, with generated labels for images that lack an annotation. */
    public static BatchStager training(
            ImageCache images,
            BatchShape shape,
            int threads,
            SamplerState state,
            Sampling sampling,
            AugmentationSettings settings,
            GeneratedLabelProvider supplementary) {
        return new BatchStager(
                images, shape, threads, new EpochSampler(images.data(), state, sampling), settings, supplementary);
    }

    /** Every image once, in the order of the data set, resized and normalized only. */
    public static BatchStager evaluation(ImageCache images, BatchShape shape, int threads) {
        return new BatchStager(images, shape, threads, null, AugmentationSettings.none(), GeneratedLabelProvider.NONE);
    }

    /** The data set. */
    public DataSet data() {
        return images.data();
    }

    /** The maximum size of its batches. */
    BatchShape shape() {
        return shape;
    }

    /** Whether there is another batch; always so in training. */
    public boolean hasNext() {
        synchronized (monitor) {
            return taken < batches;
        }
    }

    /**
     * The next batch; the one before it must no longer be used.
     *
     * @throws tandem.model.data.DataException when one of its files cannot be read
     * @throws NoSuchElementException after the last one
     */
    public StagedBatch next() {
        synchronized (monitor) {
            if (closed) {
                throw new IllegalStateException("the stager is closed");
            }
            if (taken >= batches) {
                throw new NoSuchElementException("all " + batches + " batches were taken");
            }
            taken++;
            monitor.notifyAll();
            while (ready < taken && failure == null && !closed) {
                try {
                    monitor.wait();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("interrupted while waiting for a batch", e);
                }
            }
            if (ready < taken) {
                if (failure instanceof RuntimeException known) {
                    throw known;
                }
                throw new IllegalStateException(
                        closed ? "the stager is closed" : "a batch could not be prepared", failure);
            }
            return slots[(taken - 1) % SLOTS];
        }
    }

    private void coordinate() {
        try {
            for (int number = 0; number < batches; number++) {
                synchronized (monitor) {
                    // The batch returned last is not overwritten before the next call.
                    while (number >= Math.max(1, taken) - 1 + SLOTS && !closed) {
                        monitor.wait();
                    }
                    if (closed) {
                        return;
                    }
                }
                prepare(number);
                synchronized (monitor) {
                    ready = number + 1;
                    monitor.notifyAll();
                }
            }
        } catch (InterruptedException e) {
            // Only close() interrupts.
        } catch (ExecutionException e) {
            fail(e.getCause());
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    private void fail(Throwable cause) {
        synchronized (monitor) {
            failure = cause;
            monitor.notifyAll();
        }
    }

    private void prepare(int number) throws InterruptedException, ExecutionException {
        StagedBatch batch = slots[number % SLOTS];
        if (training != null) {
            batch.seen = training.visited();
            training.next(batch.samples, batch.seeds);
            batch.size = shape.images();
            batch.after = training.state();
        } else {
            int first = number * shape.images();
            batch.size = Math.min(shape.images(), images.data().size() - first);
            for (int i = 0; i < batch.size; i++) {
                batch.samples[i] = first + i;
            }
        }
        filling = batch;
        for (Future<Void> done : workers.invokeAll(tasks)) {
            done.get();
        }
    }

    private void fill(StagedBatch batch, int i) {
        boolean real = i < batch.size;
        batch.countValues.put(i, 0);
        batch.weightValues.put(2 * i, 0);
        batch.weightValues.put(2 * i + 1, 0);
        if (!real) {
            ImageParameters.evaluation(1, 1, false).write(batch.parameterValues, i * ImageParameters.COUNT);
            return;
        }
        Sample sample = images.data().samples().get(batch.samples[i]);
        DecodedImage image = images.get(batch.samples[i]);
        GeneratedLabels extra = training == null || sample.annotation() == Annotation.BOTH
                ? GeneratedLabels.NOTHING
                : supplementary.of(batch.samples[i], image, batch.seen);
        boolean hasBoxes = sample.boxes().isPresent();
        boolean hasMask = image.mask() != null;
        List<Box> boxes = hasBoxes ? sample.boxes().get() : extra.boxes() == null ? List.of() : extra.boxes();
        byte[] mask = hasMask ? image.mask() : extra.mask();
        if (crops != null) {
            CropSampler.Part part = crops.draw(image, boxes, mask, batch.seeds[i]);
            image = part.image();
            boxes = part.boxes();
            mask = part.mask();
        }
        batch.pixels.put(i * shape.pixels() * 3, image.rgb());
        if (mask != null) {
            batch.masks.put(i * shape.pixels(), mask);
            batch.weightValues.put(
                    2 * i + 1, hasMask ? supplementary.annotatedMaskWeight(batch.seen) : extra.maskWeight());
        }
        if (hasBoxes || extra.boxes() != null) {
            batch.weightValues.put(2 * i, hasBoxes ? supplementary.annotatedBoxWeight(batch.seen) : extra.boxWeight());
        }
        parameters(image, hasBoxes, boxes, mask, batch.seeds[i])
                .write(batch.parameterValues, i * ImageParameters.COUNT);
        batch.countValues.put(i, boxes.size());
        for (int j = 0; j < boxes.size(); j++) {
            int at = i * shape.boxes() + j;
            Box box = boxes.get(j);
            batch.labelValues.put(at, box.label());
            batch.boxValues.put(4 * at, box.xMin() / image.factor());
            batch.boxValues.put(4 * at + 1, box.yMin() / image.factor());
            batch.boxValues.put(4 * at + 2, box.xMax() / image.factor());
            batch.boxValues.put(4 * at + 3, box.yMax() / image.factor());
        }
    }

    /**
     * Crop windows are judged by the annotations, so that generated labels do not change the augmentation; by generated
     * labels only for an image without annotation.
     */
    private ImageParameters parameters(DecodedImage image, boolean hasBoxes, List<Box> boxes, byte[] mask, long seed) {
        if (training == null) {
            DecodedImage.Extent extent = image.extent(images.conversion().placement());
            return ImageParameters.evaluation(
                    image.contentWidth(), image.contentHeight(), extent.width(), extent.height(), mask != null);
        }
        boolean withoutAnnotation = !hasBoxes && image.mask() == null;
        return augmentation
                .draw(
                        withoutAnnotation ? image.withMask(mask) : image,
                        hasBoxes || withoutAnnotation ? boxes : List.of(),
                        seed)
                .withMask(mask != null);
    }

    @Override
    public void close() {
        synchronized (monitor) {
            closed = true;
            monitor.notifyAll();
        }
        coordinator.interrupt();
        workers.shutdownNow();
        try {
            coordinator.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
