package tandem.model.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads a folder in Pascal VOC layout: {@code JPEGImages}, {@code Annotations/*.xml}, {@code SegmentationClass/*.png},
 * {@code ImageSets/.../NAME.txt}; images, annotations and masks may be in folders below these. See {@link VocClasses}
 * for the classes and {@link VocAnnotation} for the corners of boxes.
 */
public final class VocReader implements DataReader {

    /** The classes of Pascal VOC, in the order of their mask values. */
    public static final List<String> VOC_CLASSES = List.of(
            "aeroplane",
            "bicycle",
            "bird",
            "boat",
            "bottle",
            "bus",
            "car",
            "cat",
            "chair",
            "cow",
            "diningtable",
            "dog",
            "horse",
            "motorbike",
            "person",
            "pottedplant",
            "sheep",
            "sofa",
            "train",
            "tvmonitor");

    private static final String ABSENT = "JPEGImages has no such " + ImageEndings.TEXT;

    private final VocFiles files;
    private final VocAnnotations annotations;
    private final List<String> boxClasses;
    private final List<String> maskClasses;

    /** How masks are read; null when nothing defines which value is which class: then no mask is read. */
    private final MaskValues values;

    private final PixelLimit limit;
    private final Optional<Integer> origin;

    private VocReader(
            VocFiles files,
            VocAnnotations annotations,
            List<String> boxClasses,
            List<String> maskClasses,
            MaskValues values,
            PixelLimit limit,
            Optional<Integer> origin) {
        this.limit = limit;
        this.files = files;
        this.annotations = annotations;
        this.boxClasses = boxClasses;
        this.maskClasses = maskClasses;
        this.values = values;
        this.origin = origin;
    }

    /**
     * Opens a folder and reads its classes.
     *
     * @throws DataException when it is not in VOC layout
     */
    public static VocReader open(Path root) {
        return open(VocFiles.of(root), ReadingOptions.DEFAULT);
    }

    /** The same, with options for masks and corners. */
    static VocReader open(VocFiles files, ReadingOptions options) {
        VocAnnotations annotations = new VocAnnotations();
        VocClasses classes = VocClasses.of(
                files.root(),
                () -> annotations.names(List.copyOf(files.annotations().values())),
                options);
        return new VocReader(
                files,
                annotations,
                classes.boxes(),
                classes.masks(),
                classes.values(),
                options.limit(),
                options.vocOrigin());
    }

    @Override
    public VocReader withClasses(List<String> boxClasses, List<String> maskClasses) {
        return new VocReader(
                files, annotations, List.copyOf(boxClasses), List.copyOf(maskClasses), values, limit, origin);
    }

    @Override
    public List<String> boxClasses() {
        return boxClasses;
    }

    @Override
    public Path root() {
        return files.root();
    }

    @Override
    public List<String> maskClasses() {
        return maskClasses;
    }

    @Override
    public List<String> lists() {
        return ImageList.names(root());
    }

    @Override
    public List<String> images(String list, BadFiles bad) {
        ImageList read = ImageList.read(ImageList.file(root(), list), files::find, ABSENT);
        bad.found(read.absent());
        return List.copyOf(read.lines().keySet());
    }

    @Override
    public DataSet read(String name, ImageLists lists, BadFiles bad) {
        files.unused().report(bad);
        List<ListedImages.Part> parts = new ArrayList<>();
        if (lists.isEverything()) {
            parts.add(new ListedImages.Part(
                    "every image",
                    Annotation.BOTH,
                    List.copyOf(files.images().keySet()),
                    root().resolve("JPEGImages")));
        }
        lists.each((list, uses) ->
                parts.add(new ListedImages.Part(list, uses, images(list, bad), ImageList.file(root(), list))));
        ListedImages listed = new ListedImages(parts);
        requireNamedMasks(listed);
        SampleReader reader = new SampleReader(
                files,
                annotations,
                boxClasses,
                maskClasses,
                values == null ? new MaskValues.Indices(maskClasses) : values,
                limit,
                origin,
                bad);
        DataSet data = listed.read(name, boxClasses, maskClasses, bad, reader::read);
        requireClassesInMasks(data, bad);
        return data;
    }

    private void requireNamedMasks(ListedImages listed) {
        if (values == null) {
            listed.wanted().forEach((id, wanted) -> {
                if (wanted.mask() != SampleReader.Need.NO && files.masks().containsKey(id)) {
                    throw VocClasses.unnamed(files.mask(id), boxClasses);
                }
            });
        }
    }

    /**
     * Masks of only the values 0 and 255 are probably black and white, where 255 is the class: an error when no other
     * mask has a class, else a notice.
     */
    private void requireClassesInMasks(DataSet data, BadFiles bad) {
        List<ClassMask> masks = data.samples().stream()
                .flatMap(sample -> sample.mask().stream())
                .toList();
        List<ClassMask> white = masks.stream()
                .filter(mask -> mask.ignored() > 0 && mask.foreground() == 0)
                .toList();
        if (!white.isEmpty() && masks.stream().allMatch(mask -> mask.foreground() == 0)) {
            throw new DataException(
                    root().resolve("SegmentationClass"),
                    "has only masks of the values 0 and 255, which mean background and ignored, so no pixel has a class;"
                            + " they are probably black and white",
                    "give --mask-threshold 128" + (maskClasses.size() > 1 ? " and --mask-class NAME" : ""));
        }
        white.forEach(mask -> bad.notice(
                root().resolve("SegmentationClass"),
                "masks have only the values 0 and 255, so their white pixels are ignored; if white is "
                        + (maskClasses.size() == 1 ? "'" + maskClasses.get(0) + "'" : "a class")
                        + ", give --mask-threshold 1" + (maskClasses.size() > 1 ? " and --mask-class NAME" : ""),
                mask.file().getFileName().toString()));
    }
}
