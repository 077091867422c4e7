package tandem.tools.study;

import java.util.List;
import java.util.TreeSet;
import tandem.model.data.DataSet;
import tandem.model.data.Sample;

/** The held-out images that are shown in the report of a study. */
final class ShownImages {

    private static final int IMAGES = 4;

    private ShownImages() {}

    /** A few images, evenly spaced among those with an object; among all, if no image has one. */
    static DataSet of(DataSet validation) {
        List<Sample> busy =
                validation.samples().stream().filter(ShownImages::isBusy).toList();
        List<Sample> from = busy.isEmpty() ? validation.samples() : busy;
        TreeSet<Integer> indices = new TreeSet<>();
        for (int i = 0; i < IMAGES; i++) {
            indices.add((int) ((2L * i + 1) * from.size() / (2 * IMAGES)));
        }
        return new DataSet(
                "examples",
                validation.boxClasses(),
                validation.maskClasses(),
                indices.stream().map(from::get).toList());
    }

    private static boolean isBusy(Sample sample) {
        return sample.boxes().map(boxes -> !boxes.isEmpty()).orElse(false)
                || sample.mask().map(mask -> mask.foreground() > 0).orElse(false);
    }
}
