package tandem.model.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** COCO: instances files, as COCO, CVAT, Label Studio and Roboflow name them. */
record CocoFormat() implements DataFormat {

    @Override
    public String name() {
        return "coco";
    }

    @Override
    public String title() {
        return "COCO";
    }

    @Override
    public String lookedFor() {
        return "an instances file such as annotations/instances_train.json or train/_annotations.coco.json";
    }

    @Override
    public Optional<String> evidence(DataFolder folder) {
        if (folder.file() != null) {
            return DataFolder.ending(folder.file().toString()).equals("json")
                    ? Optional.of("is an instances file")
                    : Optional.empty();
        }
        List<Path> files = CocoLayout.instances(folder.root());
        return files.isEmpty()
                ? Optional.empty()
                : Optional.of("has " + folder.path(files.get(0))
                        + (files.size() > 1 ? " and " + (files.size() - 1) + " more" : ""));
    }

    @Override
    public DataReader open(DataFolder folder, ReadingOptions options) {
        options.requireNoMasks(folder, "COCO");
        options.requireNoOrigin(folder, "COCO");
        return CocoReader.open(folder, options);
    }
}
