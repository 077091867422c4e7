package tandem.tools.explain;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tandem.model.data.DecodedImage;
import tandem.model.explain.Evidence;
import tandem.model.explain.Explainer;
import tandem.model.explain.HeatValues;
import tandem.model.explain.MapName;
import tandem.model.explain.MapValues;
import tandem.model.figure.ClassColors;
import tandem.model.figure.ImageFiles;
import tandem.model.figure.Overlay;
import tandem.model.figure.Sheet;
import tandem.model.network.NetworkSettings;
import tandem.tools.RgbImage;
import tandem.tools.UniqueFileNames;
import tandem.tools.report.Section;

/** The figures that explain the prediction for one image. */
final class Panels {

    private static final int COLUMNS = 4;

    private final Explainer explainer;
    private final NetworkSettings settings;
    private final BufferedImage image;
    private final Path folder;
    private final String name;
    private final UniqueFileNames files;

    /**
     * Figures for the last image of {@code explainer}, written to {@code folder} with file names that begin with
     * {@code name}.
     *
     * @param files names of all files in {@code folder}
     */
    Panels(Explainer explainer, DecodedImage image, Path folder, String name, UniqueFileNames files) {
        this.files = files;
        this.explainer = explainer;
        this.settings = explainer.settings();
        this.image =
                new Overlay(new ClassColors(settings.boxClasses(), settings.maskClasses())).enlarge(RgbImage.of(image));
        this.folder = folder;
        this.name = name;
    }

    /**
     * Writes the figures and returns them for the report: heat maps of the chosen classes, or of those found, and the
     * activation strength of the feature maps.
     */
    List<Section> make(List<MapName> maps, Set<String> chosen, double score) throws IOException {
        Set<String> shown = chosen.isEmpty() ? found(score) : chosen;
        List<Section.Strip> panels = new ArrayList<>();
        for (String className : shown) {
            int label = settings.boxClasses().indexOf(className);
            int value = settings.maskClasses().indexOf(className) + 1;
            Evidence boxes = label >= 0 ? explainer.box(label, maps) : null;
            Evidence masks = value > 0 ? explainer.mask(value, maps) : null;
            for (MapName map : maps) {
                List<Sheet.Cell> row = new ArrayList<>(List.of(new Sheet.Cell(name, image)));
                if (boxes != null) {
                    row.add(new Sheet.Cell(
                            String.format(Locale.ROOT, "boxes: best score %.2f", boxes.share()),
                            heat(boxes.heat().get(map))));
                }
                if (masks != null) {
                    row.add(new Sheet.Cell(
                            String.format(Locale.ROOT, "pixels: %.1f %%", 100 * masks.share()),
                            heat(masks.heat().get(map))));
                }
                panels.add(written(row, className + "-" + map, className + " by " + map));
            }
        }
        List<Sheet.Cell> responses = new ArrayList<>();
        for (MapName map : explainer.maps()) {
            MapValues values = explainer.values(map);
            responses.add(new Sheet.Cell(map + ": norm", heat(values.norm())));
            responses.add(new Sheet.Cell(map + ": mean", heat(values.mean())));
        }
        Section.Strip strength = written(responses, "maps", "norm and mean over the channels of each cell");
        return List.of(
                new Section.Gallery(name, List.of(), panels, ""),
                new Section.Gallery(
                        name + ": activation strength of the feature maps", List.of(), List.of(strength), ""));
    }

    private Set<String> found(double score) {
        Set<String> found = new LinkedHashSet<>();
        for (int label = 0; label < settings.boxClasses().size(); label++) {
            if (explainer.boxScore(label) >= score) {
                found.add(settings.boxClasses().get(label));
            }
        }
        for (int value = 1; value <= settings.maskClasses().size(); value++) {
            if (explainer.maskShare(value) > 0) {
                found.add(settings.maskClasses().get(value - 1));
            }
        }
        if (found.isEmpty()) {
            found.add(mostProbable());
        }
        return found;
    }

    private String mostProbable() {
        if (!settings.detects()) {
            return settings.maskClasses().get(0);
        }
        int best = 0;
        for (int label = 1; label < settings.boxClasses().size(); label++) {
            best = explainer.boxScore(label) > explainer.boxScore(best) ? label : best;
        }
        return settings.boxClasses().get(best);
    }

    private BufferedImage heat(HeatValues heat) {
        return HeatOverlay.over(image, heat);
    }

    /** Writes the images as one file with captions, and returns them with captions as text. */
    private Section.Strip written(List<Sheet.Cell> cells, String what, String caption) throws IOException {
        Path file = folder.resolve(files.of(name + "-", what) + ".png");
        Files.createDirectories(file.getParent());
        Files.write(file, ImageFiles.png(Sheet.of(cells, COLUMNS, null)));
        return new Section.Strip(
                caption,
                cells.stream()
                        .map(cell -> new Section.Figure(cell.caption(), ImageFiles.compact(cell.image())))
                        .toList());
    }
}
