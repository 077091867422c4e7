package tandem.model.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * A folder of images and one of masks, matched by name. A mask may have a suffix such as {@code _mask}. Masks may also
 * be beside their images, with such a suffix, or as a PNG of the same name beside a JPEG. An image without a mask is
 * not annotated, unless it is in a folder named {@code good}, as in MVTec's data sets: its mask is then background.
 * Where each image has a folder with several masks, they are its objects ({@link InstanceMasks}).
 */
record MaskFormat() implements DataFormat {

    private static final Pattern SUFFIX =
            Pattern.compile("(?i)[-_. ](masks?|gt|labels?|labelids|seg|segmentation|ground[-_ ]?truth|annotation|l)$");

    private static final Set<String> GOOD = Set.of("good", "ok", "normal");

    private static final int EXAMPLES = 3;

    @Override
    public String name() {
        return "masks";
    }

    @Override
    public String title() {
        return "images and masks";
    }

    @Override
    public String lookedFor() {
        return "masks in masks/, or with a suffix such as _mask";
    }

    /** Image files that are images, and those that are masks. */
    private record Files(List<String> images, List<String> masks, String why) {}

    @Override
    public Optional<String> evidence(DataFolder folder) {
        if (folder.file() != null || folder.images().stream().anyMatch(XmlFormat::isVoc)) {
            return Optional.empty();
        }
        Files files = files(folder);
        return files.masks.isEmpty() || files.images.isEmpty() ? Optional.empty() : Optional.of(files.why);
    }

    private static Files files(DataFolder folder) {
        List<String> images = new ArrayList<>();
        List<String> masks = new ArrayList<>();
        for (String file : folder.images()) {
            (PathParts.of(file).mask() ? masks : images).add(file);
        }
        if (!masks.isEmpty()) {
            return new Files(images, masks, "has masks such as " + masks.get(0));
        }
        Set<String> stems = new HashSet<>();
        folder.images().forEach(file -> stems.add(DataFolder.bare(DataFolder.stem(file))));
        List<String> suffixed = folder.images().stream()
                .filter(file ->
                        !plain(file).equals(file) && stems.contains(DataFolder.bare(DataFolder.stem(plain(file)))))
                .toList();
        if (!suffixed.isEmpty() && looksLikeMasks(folder, suffixed)) {
            images.removeAll(new HashSet<>(suffixed));
            return new Files(images, suffixed, "has masks with a suffix such as " + suffixed.get(0));
        }
        Set<String> photos = new HashSet<>();
        folder.images().stream()
                .filter(file -> !DataFolder.ending(file).equals("png"))
                .forEach(file -> photos.add(DataFolder.stem(file)));
        List<String> beside = folder.images().stream()
                .filter(file -> DataFolder.ending(file).equals("png") && photos.contains(DataFolder.stem(file)))
                .toList();
        if (beside.isEmpty() || !looksLikeMasks(folder, beside)) {
            return new Files(images, List.of(), "");
        }
        images.removeAll(new HashSet<>(beside));
        return new Files(images, beside, "has a PNG beside a JPEG of the same name, such as " + beside.get(0));
    }

    private static boolean looksLikeMasks(DataFolder folder, List<String> files) {
        return MaskScan.looksLikeMasks(files.stream().map(folder::resolve).toList());
    }

    /** The path of a mask without the suffix of its name. */
    private static String plain(String file) {
        String stem = DataFolder.stem(file);
        String plain = SUFFIX.matcher(stem).replaceFirst("");
        return plain.endsWith("/") || plain.isEmpty() ? file : plain + file.substring(stem.length());
    }

    @Override
    public DataReader open(DataFolder folder, ReadingOptions options) {
        options.requireNoSources(folder, "mask");
        options.requireNoOrigin(folder, "mask");
        Files files = files(folder);
        Map<String, List<String>> instances = InstanceMasks.find(files.images, files.masks);
        if (!instances.isEmpty()) {
            return instances(folder, files.images, instances, options);
        }
        Pairs exact = Pairs.of(folder, files.images, files.masks, UnaryOperator.identity());
        List<String> rest = files.images.stream()
                .filter(image -> !exact.files().containsKey(image))
                .toList();
        Pairs suffixed = Pairs.of(folder, rest, exact.orphans(), MaskFormat::plain);
        Map<String, String> masks = new HashMap<>(exact.files());
        masks.putAll(suffixed.files());
        if (masks.isEmpty()) {
            throw new DataException(
                    folder.root(),
                    "has " + files.images.size() + " images and " + files.masks.size()
                            + " masks, but no two of the same name: images such as " + some(files.images)
                            + ", masks such as " + some(files.masks),
                    "name each mask like its image, or with the suffix _mask");
        }
        MaskClasses classes = MaskClasses.of(folder, List.copyOf(new TreeSet<>(masks.values())), options);
        Map<String, ImageAnnotation> annotations = new HashMap<>();
        int good = 0;
        for (String image : files.images) {
            String mask = masks.get(image);
            if (mask != null) {
                annotations.put(image, mask(folder.resolve(mask), classes.values(mask)));
            } else if (PathParts.of(image).own().stream()
                    .anyMatch(part -> GOOD.contains(part.toLowerCase(Locale.ROOT)))) {
                annotations.put(image, MaskFormat::background);
                good++;
            }
        }
        Map<String, FolderReader.Item> items = FolderReader.items(folder, files.images, annotations);
        Map<String, List<String>> lists = FolderReader.splits(items);
        String note = classes.note()
                + (good > 0 ? "; " + good + " images without a mask are in folders named as good parts: no defect" : "")
                + (lists.isEmpty() ? "" : "; " + FolderReader.note(lists));
        return new FolderReader(
                folder.root(),
                classes.names(),
                classes.names(),
                new FolderReader.Content(
                        items, lists, note, List.of(), UnusedFiles.of(folder, suffixed.orphans()), options.limit()));
    }

    private static DataReader instances(
            DataFolder folder, List<String> images, Map<String, List<String>> masks, ReadingOptions options) {
        List<String> names = ClassNames.read(folder.resolve("classes.txt"))
                .filter(given -> given.size() == 1)
                .orElse(List.of(options.foreground().orElse(MaskClasses.FOREGROUND)));
        Map<String, ImageAnnotation> annotations = new HashMap<>();
        masks.forEach((image, files) -> annotations.put(
                image,
                new InstanceMasks(
                        files.stream().map(folder::resolve).toList(),
                        options.threshold().orElse(1),
                        names.get(0))));
        Map<String, FolderReader.Item> items = FolderReader.items(folder, images, annotations);
        Map<String, List<String>> lists = FolderReader.splits(items);
        String note = "one mask for each object, with a box around it, of the class '" + names.get(0) + "'"
                + (lists.isEmpty() ? "" : "; " + FolderReader.note(lists));
        return new FolderReader(
                folder.root(),
                names,
                names,
                new FolderReader.Content(
                        items, lists, note, List.of(), UnusedFiles.of(folder, List.of()), options.limit()));
    }

    private static String some(List<String> files) {
        return String.join(", ", files.subList(0, Math.min(EXAMPLES, files.size())));
    }

    private static ImageAnnotation mask(Path file, MaskValues values) {
        return (header, context) -> {
            if (context.wanted().mask() == SampleReader.Need.NO) {
                return new ImageAnnotation.Content(Optional.empty(), Optional.empty());
            }
            AnnotatedSize size = MaskDecoder.annotated(file, header);
            ClassMask mask = values.mask(file, context.maskClasses(), size.width(), size.height());
            return new ImageAnnotation.Content(Optional.empty(), Optional.of(size.mask(mask)));
        };
    }

    private static ImageAnnotation.Content background(ImageHeader header, ImageAnnotation.Context context) {
        return new ImageAnnotation.Content(
                Optional.empty(),
                Optional.of(new RasterizedMask(
                        Path.of("good"),
                        context.maskClasses().size(),
                        new byte[header.width() * header.height()],
                        header.width(),
                        header.height())));
    }
}
