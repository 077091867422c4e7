package tandem.model.weak;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import tandem.model.data.DecodedImage;
import tandem.model.data.ImageCache;
import tandem.model.data.MaskFile;
import tandem.model.data.Sample;
import tandem.model.settings.GrabCutMaskSettings;

/** Generates the masks of all images of a data set that have boxes and no mask. */
final class GrabCutMasks {

    private GrabCutMasks() {}

    /** Generates them with {@code threads} threads. Each image is processed once; later runs read it from the cache. */
    static StoredLabels make(
            GrabCutMaskSettings settings,
            ImageCache images,
            GrabCutMaskCache cache,
            int threads,
            LabelListener listener) {
        GrabCutMaskGenerator generator = GrabCutMaskGenerator.of(
                settings, images.data().boxClasses(), images.data().maskClasses());
        List<Integer> selected = IntStream.range(0, images.data().size())
                .boxed()
                .filter(i -> images.data().samples().get(i).boxes().isPresent()
                        && images.data().samples().get(i).mask().isEmpty())
                .toList();
        StoredLabels labels = new StoredLabels(settings.weight());
        ExecutorService workers = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "tandem-grabcut");
            thread.setDaemon(true);
            return thread;
        });
        long[] pixels = new long[3];
        int labelled = 0;
        try {
            List<Future<byte[]>> results = new ArrayList<>();
            for (int index : selected) {
                results.add(workers.submit(() -> {
                    Sample sample = images.data().samples().get(index);
                    DecodedImage image = images.get(index);
                    return cache.mask(generator, image, sample.boxes().orElseThrow());
                }));
            }
            for (int i = 0; i < results.size(); i++) {
                byte[] mask = results.set(i, null).get();
                if (count(mask, pixels)) {
                    labels.put(selected.get(i), mask);
                    labelled++;
                }
                listener.on(new LabelProgress("masks from boxes", i + 1, results.size()));
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException known
                    ? known
                    : new IllegalStateException("a mask could not be generated", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while masks were generated from boxes", e);
        } finally {
            workers.shutdownNow();
        }
        double all = Math.max(1, pixels[0] + pixels[1] + pixels[2]);
        listener.on(new LabelCount(
                "masks from boxes",
                selected.size(),
                labelled,
                selected.size() - labelled,
                String.format(
                        Locale.ROOT,
                        "%.1f %% of the pixels background, %.1f %% objects, %.1f %% ignored",
                        100 * pixels[0] / all,
                        100 * pixels[1] / all,
                        100 * pixels[2] / all)));
        return labels;
    }

    /** Adds the numbers of background, class and ignored pixels; returns whether any pixel is not ignored. */
    private static boolean count(byte[] mask, long[] pixels) {
        int known = 0;
        for (byte value : mask) {
            int kind = value == 0 ? 0 : (value & 0xFF) == MaskFile.IGNORE ? 2 : 1;
            pixels[kind]++;
            known += kind < 2 ? 1 : 0;
        }
        return known > 0;
    }
}
