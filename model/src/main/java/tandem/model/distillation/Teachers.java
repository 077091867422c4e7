package tandem.model.distillation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tandem.engine.Device;
import tandem.model.network.NetworkSettings;

/** The teachers of a run, loaded: at most one for each task. */
public final class Teachers implements AutoCloseable {

    private final List<Teacher> all = new ArrayList<>();

    private Teachers() {}

    /** Nobody. */
    public static Teachers none() {
        return new Teachers();
    }

    /**
     * Loads those that the settings name.
     *
     * @throws tandem.model.weights.WeightsException when a file is missing, has changed, or does not fit the student
     */
    public static Teachers load(Device device, DistillationSettings settings, NetworkSettings student) throws IOException {
        Teachers teachers = new Teachers();
        try {
            if (settings.detection() != null) {
                teachers.all.add(Teacher.load(device, Task.DETECTION, settings.detection(), settings.features(), student));
            }
            if (settings.segmentation() != null) {
                teachers.all.add(Teacher.load(device, Task.SEGMENTATION, settings.segmentation(), settings.features(), student));
            }
            return teachers;
        } catch (IOException | RuntimeException | Error problem) {
            teachers.close();
            throw problem;
        }
    }

    /**
     * Rejects teachers that the settings do not name.
     *
     * @throws IllegalArgumentException unless these are loaded from those settings
     */
    public void requireFor(DistillationSettings settings) {
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

    /** Bytes of their weights. */
    public long bytes() {
        return all.stream().mapToLong(teacher -> teacher.model().weights().all().bytes()).sum();
    }

    @Override
    public void close() {
        all.forEach(teacher -> teacher.model().close());
        all.clear();
    }
}
