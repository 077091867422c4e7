package tandem.model.audit;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.stat.correlation.PearsonsCorrelation;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import tandem.model.data.DataSet;
import tandem.model.data.DecodedImage;
import tandem.model.data.ImageDecoder;

/**
 * How much the images of a data set differ, measured on evenly spaced ones.
 *
 * @param images number of images measured
 * @param gray whether red, green and blue are the same everywhere
 * @param brightness standard deviation over the images of their mean luma, in units of the full range
 * @param contrast standard deviation over the images of the standard deviation of their luma, relative to its mean
 * @param color standard deviation over the images of their mean difference of red and blue, in units of the full range
 * @param scene mean correlation of the lumas of two images at the same place: near 1 for a fixed camera and a fixed
 *     scene, near 0 for surfaces and for photographs
 */
public record ImageSpread(int images, boolean gray, double brightness, double contrast, double color, double scene) {

    private static final int MAX_IMAGES = 32;
    private static final int SIZE = 16;

    /** Without images to measure. */
    public static final ImageSpread NONE = new ImageSpread(0, false, 0, 0, 0, 0);

    /**
     * Measures up to 32 images.
     *
     * @param sampleBits bits that samples of 16 bits use
     */
    public static ImageSpread of(DataSet data, int sampleBits) {
        int count = Math.min(MAX_IMAGES, data.size());
        boolean gray = count > 0;
        SummaryStatistics brightness = new SummaryStatistics();
        SummaryStatistics contrast = new SummaryStatistics();
        SummaryStatistics color = new SummaryStatistics();
        List<double[]> thumbnails = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            DecodedImage image =
                    ImageDecoder.decode(data.samples().get((int) ((long) i * data.size() / count)), sampleBits);
            Luma luma = Luma.of(image);
            gray &= Examination.isGray(image.rgb());
            brightness.addValue(luma.brightness());
            contrast.addValue(luma.contrast());
            color.addValue(redMinusBlue(image.rgb()));
            thumbnails.add(thumbnail(luma));
        }
        return count < 2
                ? NONE
                : new ImageSpread(
                        count,
                        gray,
                        brightness.getStandardDeviation(),
                        contrast.getMean() == 0 ? 0 : contrast.getStandardDeviation() / contrast.getMean(),
                        color.getStandardDeviation(),
                        correlation(thumbnails));
    }

    private static double redMinusBlue(byte[] rgb) {
        long sum = 0;
        for (int i = 0; i < rgb.length; i += 3) {
            sum += (rgb[i] & 0xFF) - (rgb[i + 2] & 0xFF);
        }
        return sum / (rgb.length / 3 * 255.0);
    }

    private static double[] thumbnail(Luma luma) {
        float[] square = luma.square(SIZE);
        double[] values = new double[square.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = square[i];
        }
        return values;
    }

    private static double correlation(List<double[]> thumbnails) {
        SummaryStatistics pairs = new SummaryStatistics();
        for (int i = 0; i < thumbnails.size(); i++) {
            for (int j = 0; j < i; j++) {
                double correlation = new PearsonsCorrelation().correlation(thumbnails.get(i), thumbnails.get(j));
                pairs.addValue(Double.isNaN(correlation) ? 0 : correlation);
            }
        }
        return pairs.getMean();
    }
}
