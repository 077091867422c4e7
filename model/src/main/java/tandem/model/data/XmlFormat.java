package tandem.model.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * VOC's annotation files outside VOC's folders: beside the images (labelImg, Roboflow's VOC export) or in a folder such
 * as {@code annotations} beside {@code images}. An image without a file is not annotated.
 */
record XmlFormat() implements DataFormat {

    @Override
    public String name() {
        return "voc-xml";
    }

    @Override
    public String title() {
        return "VOC annotation files";
    }

    @Override
    public String lookedFor() {
        return ".xml annotations beside the images or in annotations/";
    }

    @Override
    public Optional<String> evidence(DataFolder folder) {
        if (folder.file() != null || folder.images().stream().anyMatch(XmlFormat::isVoc)) {
            return Optional.empty();
        }
        return folder.files("xml").stream()
                .filter(file -> isAnnotation(folder.resolve(file)))
                .findFirst()
                .map(file -> "has annotation files such as " + file);
    }

    /** Whether a path is that of an image in VOC's layout. */
    static boolean isVoc(String image) {
        return ("/" + image).contains("/JPEGImages/");
    }

    private static boolean isAnnotation(Path file) {
        try {
            String text = Files.readString(file, StandardCharsets.ISO_8859_1);
            return text.substring(0, Math.min(1000, text.length()))
                    .toLowerCase(Locale.ROOT)
                    .contains("<annotation");
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public DataReader open(DataFolder folder, ReadingOptions options) {
        options.requireNoSources(folder, "VOC");
        options.requireNoMasks(folder, "VOC annotation");
        VocAnnotations parsed = new VocAnnotations();
        List<String> files = folder.files("xml").stream()
                .filter(file -> isAnnotation(folder.resolve(file)))
                .toList();
        Pairs pairs = Pairs.of(folder, folder.images(), files, UnaryOperator.identity());
        if (pairs.files().isEmpty()) {
            throw new DataException(
                    folder.root(),
                    "has " + files.size() + " VOC annotation files and "
                            + folder.images().size()
                            + " images, but no two with the same name"
                            + (files.isEmpty() || folder.images().isEmpty()
                                    ? ""
                                    : ", such as " + files.get(0) + " and "
                                            + folder.images().get(0)),
                    "name each annotation file like its image");
        }
        List<String> names = ClassNames.read(folder.resolve("classes.txt"))
                .orElseGet(
                        () -> parsed.names(files.stream().map(folder::resolve).toList()));
        if (names.isEmpty()) {
            throw new DataException(
                    folder.root(),
                    "has VOC annotation files without a single object",
                    "write the class names to classes.txt");
        }
        Map<String, ImageAnnotation> annotations = new HashMap<>();
        pairs.files()
                .forEach((image, file) ->
                        annotations.put(image, boxes(folder.resolve(file), parsed, options.vocOrigin())));
        Map<String, FolderReader.Item> items = FolderReader.items(folder, folder.images(), annotations);
        Map<String, List<String>> lists = FolderReader.splits(items);
        return new FolderReader(
                folder.root(),
                names,
                names,
                new FolderReader.Content(
                        items,
                        lists,
                        names.size() + " classes" + (lists.isEmpty() ? "" : "; " + FolderReader.note(lists)),
                        List.of(),
                        UnusedFiles.of(folder, pairs.orphans()),
                        options.limit()));
    }

    private static ImageAnnotation boxes(Path file, VocAnnotations parsed, Optional<Integer> origin) {
        return (header, context) -> new ImageAnnotation.Content(
                context.wanted().boxes() == SampleReader.Need.NO
                        ? Optional.empty()
                        : Optional.of(parsed.get(file, "a VOC annotation")
                                .boxes(context.boxClasses(), header, origin, context.bad())),
                Optional.empty());
    }
}
