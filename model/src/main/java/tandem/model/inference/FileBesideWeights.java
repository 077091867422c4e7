package tandem.model.inference;

import java.nio.file.Path;

/** Names of files that travel with a network, beside its weights. */
public final class FileBesideWeights {

    private FileBesideWeights() {}

    /**
     * The file of a weights file, such as {@code best.thresholds.json} for {@code best.safetensors}.
     *
     * @param ending of its name, such as {@code .thresholds.json}
     */
    public static Path of(Path weights, String ending) {
        String name = weights.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return weights.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + ending);
    }
}
