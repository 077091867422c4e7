package tandem.model.distillation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tandem.engine.Device;
import tandem.model.image.PixelSize;
import tandem.model.inference.FoldedModel;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.DistillationSettings;
import tandem.model.settings.TeacherSettings;

/** The loaded teachers of a run: at most one for each task. */
public final class Teachers implements AutoCloseable {

    private record CacheKey(Task task, PixelSize size) {}

    private final List<Teacher> all = new ArrayList<>();
    private final Map<CacheKey, TeacherOutputCache> caches = new HashMap<>();
    private int images;
    private long bytesLeft;

    private Teachers() {}

    /** No teachers. */
    public static Teachers none() {
        return new Teachers();
    }

    /**
     * Loads the teachers that the settings name.
     *
     * @throws tandem.model.weights.WeightsException when a file is missing, has changed, or does not fit the student
     */
    public static Teachers load(Device device, DistillationSettings settings, NetworkSettings student)
            throws IOException {
        Teachers teachers = new Teachers();
        try {
            if (settings.detection() != null) {
                teachers.all.add(
                        Teacher.load(device, Task.DETECTION, settings.detection(), settings.features(), student));
            }
            if (settings.segmentation() != null) {
                teachers.all.add(
                        Teacher.load(device, Task.SEGMENTATION, settings.segmentation(), settings.features(), student));
            }
            return teachers;
        } catch (IOException | RuntimeException | Error problem) {
            teachers.close();
            throw problem;
        }
    }

    /**
     * Those that the settings name, without weights, for a plan of memory.
     *
     * @throws tandem.model.weights.WeightsException when a file is missing or does not fit the student
     */
    public static Teachers planned(DistillationSettings settings, NetworkSettings student) throws IOException {
        Teachers teachers = new Teachers();
        if (settings.detection() != null) {
            teachers.all.add(Teacher.planned(Task.DETECTION, settings.detection(), settings.features(), student));
        }
        if (settings.segmentation() != null) {
            teachers.all.add(Teacher.planned(Task.SEGMENTATION, settings.segmentation(), settings.features(), student));
        }
        return teachers;
    }

    /**
     * Checks that these are the teachers of the settings.
     *
     * @throws IllegalArgumentException unless these are loaded from those settings
     */
    void requireFor(DistillationSettings settings) {
        List<TeacherSettings> wanted = new ArrayList<>();
        if (settings.detection() != null) {
            wanted.add(settings.detection());
        }
        if (settings.segmentation() != null) {
            wanted.add(settings.segmentation());
        }
        if (!wanted.equals(all.stream().map(Teacher::settings).toList())) {
            throw new IllegalArgumentException("the training settings name the teachers " + wanted + ", loaded are "
                    + all.stream().map(Teacher::settings).toList() + "; load them with Teachers.load");
        }
    }

    List<Teacher> all() {
        return all;
    }

    /**
     * Enables the teacher output cache; to be called before the teachers are used. Only for images that are the same
     * each time they are read, that is, without augmentation. There is no cache when the outputs for all images do not
     * fit.
     *
     * @param ofImages number of images of the data set
     * @param bytes for all caches together
     */
    public void cacheOutputs(int ofImages, long bytes) {
        images = ofImages;
        bytesLeft = bytes;
    }

    /** The cache for one teacher at one input size; null when there is none. */
    TeacherOutputCache cache(Device device, Task task, PixelSize size, int batch, List<Long> rowBytes) {
        CacheKey key = new CacheKey(task, size);
        long bytes = TeacherOutputCache.bytes(images, rowBytes);
        if (!caches.containsKey(key) && images > 0 && bytes <= bytesLeft) {
            bytesLeft -= bytes;
            caches.put(key, new TeacherOutputCache(device, images, batch, rowBytes));
        }
        return caches.get(key);
    }

    /** Bytes of the teacher output caches. */
    public long cacheBytes() {
        return caches.values().stream().mapToLong(TeacherOutputCache::bytes).sum();
    }

    @Override
    public void close() {
        caches.values().forEach(TeacherOutputCache::close);
        caches.clear();
        all.stream().map(Teacher::model).filter(Objects::nonNull).forEach(FoldedModel::close);
        all.clear();
    }
}
