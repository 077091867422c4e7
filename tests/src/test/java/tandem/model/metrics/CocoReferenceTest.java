package tandem.model.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Real detections whose figures are known from the reference implementation (pycocotools and its faster rewrite). */
class CocoReferenceTest {

    private static final double NONE = Double.NaN;

    private static CocoFigures evaluate(String truth, String results, CocoDataset.Kind kind, double leastScore)
            throws IOException {
        Path folder = ReferenceData.find(truth).getParent();
        CocoDataset dataset = CocoDataset.read(ReferenceData.find(truth));
        List<CocoResult> all = CocoResult.read(folder.resolve(results), dataset);
        return dataset.evaluate(
                all.stream().filter(result -> result.score() >= leastScore).toList(), kind);
    }

    @Test
    void boxesOfCoco2014AgreeToTheLastDigits() throws IOException {
        CocoFigures figures = evaluate(
                "coco_val2014_100/instances_val2014_100.json",
                "instances_val2014_fakebbox100_results.json",
                CocoDataset.Kind.BOXES,
                0);
        assertArrayEquals(
                new double[] {
                    0.5045806987249628, 0.6969727247299577, 0.5729816669904824,
                    0.5856257209410443, 0.5193996948036719, 0.5013978986347466,
                    0.38681277964578054, 0.5936795762842003, 0.595352982877607,
                    0.6398109626113442, 0.5664205978994309, 0.5642905982905982
                },
                figures.toArray(),
                1e-14);
    }

    @Test
    void masksOfCoco2014AgreeToTheLastDigits() throws IOException {
        CocoFigures figures = evaluate(
                "coco_val2014_100/instances_val2014_100.json",
                "instances_val2014_fakesegm100_results.json",
                CocoDataset.Kind.MASKS,
                0);
        assertArrayEquals(
                new double[] {
                    0.3195452758576433, 0.5622883972521636, 0.29892653412086784,
                    0.3873740315997838, 0.31018272403369485, 0.3269339071005138,
                    0.2682297225711534, 0.41544868114906375, 0.4168394992198818,
                    0.4694498622754236, 0.37675922666197265, 0.3814715099715099
                },
                figures.toArray(),
                1e-14);
    }

    @Test
    void smallSetOfPolygons() throws IOException {
        CocoFigures figures = evaluate("small_coco/gt_dataset.json", "dt_dataset.json", CocoDataset.Kind.MASKS, 0);
        assertArrayEquals(
                new double[] {
                    0.6947194719471946,
                    0.6947194719471946,
                    0.6947194719471946,
                    NONE,
                    0.7367986798679867,
                    0,
                    2 / 3.0,
                    0.75,
                    0.75,
                    NONE,
                    0.7916666666666666,
                    0
                },
                figures.toArray(),
                1e-14);
    }

    @Test
    void crowdAndTextualIdentifiers() throws IOException {
        CocoFigures figures =
                evaluate("small_coco/gt_ignore_test.json", "dt_ignore_test.json", CocoDataset.Kind.BOXES, 0.1);
        assertEquals(0.7099009900990099, figures.ap(), 1e-14);
        assertEquals(1.0, figures.ap50(), 1e-14);
        assertEquals(0.8415841584158416, figures.ap75(), 1e-14);
        assertEquals(0.45384615384615384, figures.ar10(), 1e-14);
        assertEquals(0.7153846153846154, figures.ar100(), 1e-14);
        assertEquals(NONE, figures.apSmall());
        assertEquals(NONE, figures.apLarge());
        assertEquals(NONE, figures.arSmall());
        assertEquals(NONE, figures.arLarge());
    }

    @Test
    void boxAreasInsteadOfMaskAreas() throws IOException {
        CocoFigures figures = evaluate(
                "coco_sampled_bboxarea/sampled_gts_bbox_area.json",
                "sampled_bbox_results.json",
                CocoDataset.Kind.BOXES,
                0);
        assertArrayEquals(
                new double[] {
                    0.503647, 0.696973, 0.571667, 0.593252, 0.557991, 0.489363,
                    0.386813, 0.593680, 0.595353, 0.654764, 0.603130, 0.553744
                },
                figures.toArray(),
                1e-6);
    }
}
