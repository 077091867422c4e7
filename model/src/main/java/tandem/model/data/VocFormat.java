package tandem.model.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Pascal VOC, one folder or a development kit with several. */
record VocFormat() implements DataFormat {

    @Override
    public String name() {
        return "voc";
    }

    @Override
    public String title() {
        return "Pascal VOC";
    }

    @Override
    public String lookedFor() {
        return "a folder JPEGImages";
    }

    @Override
    public Optional<String> evidence(DataFolder folder) {
        if (folder.file() != null) {
            return Optional.empty();
        }
        if (Files.isDirectory(folder.resolve("JPEGImages"))) {
            return Optional.of("has JPEGImages");
        }
        List<Path> years = VocCollection.folders(folder.root());
        return years.isEmpty()
                ? Optional.empty()
                : Optional.of("has " + years.get(0).getFileName() + "/JPEGImages"
                        + (years.size() > 1 ? " and " + (years.size() - 1) + " more" : ""));
    }

    @Override
    public DataReader open(DataFolder folder, ReadingOptions options) {
        options.requireNoSources(folder, "VOC");
        List<Path> years =
                Files.isDirectory(folder.resolve("JPEGImages")) ? List.of() : VocCollection.folders(folder.root());
        return years.isEmpty()
                ? VocReader.open(VocFiles.of(folder), options)
                : VocCollection.open(folder.root(), years, options);
    }
}
