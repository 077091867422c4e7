package tandem.model.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tandem.engine.Graph;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Variables;

/**
 * Parameter counts against those of the published code (multas-spec 1.6), names against torchvision's, shapes by hand.
 */
class NetworkStructureTest {

    private static final List<String> VOC =
            IntStream.range(0, 20).mapToObj(i -> "class" + i).toList();

    private static NetworkSettings settings(
            EncoderType encoder, NeckType neck, SegmentationType head, boolean pooling, int side) {
        return NetworkSettings.standard(VOC, VOC, side)
                .with(change ->
                        change.encoder(encoder).stemPooling(pooling).neck(neck).segmentation(head));
    }

    private static long parameters(NetworkSettings settings, String prefix) {
        return new Network(settings)
                .variables().parameters().stream()
                        .map(Variables.Variable::tensor)
                        .filter(tensor -> tensor.name().startsWith(prefix))
                        .mapToLong(Tensor::elements)
                        .sum();
    }

    @ParameterizedTest
    @CsvSource({
        "RESNET18, FPN, encoder., 11176512",
        "RESNET18, FPN, neck., 5319936",
        "RESNET18, FPN, detection.location., 4749408",
        "RESNET18, FPN, detection.confidence., 4848096",
        "RESNET18, FPN, segmentation., 2514432",
        "RESNET18, FPN, '', 28608384",
        "RESNET18, PAFPN, neck., 9454080",
        "RESNET50, FPN, encoder., 23508032",
        "RESNET50, FPN, neck., 6302976",
        "RESNET50, PAFPN, neck., 10437120",
    })
    void parameterCountsArePublished(EncoderType encoder, NeckType neck, String prefix, long expected) {
        assertEquals(expected, parameters(settings(encoder, neck, SegmentationType.LIGHT, false, 320), prefix));
        assertEquals(expected, parameters(settings(encoder, neck, SegmentationType.PUBLISHED, false, 320), prefix));
    }

    @Test
    void resnet34HasTorchvisionsParametersLessTheClassifier() {
        // torchvision: 21 797 672 with a 512 x 1000 classifier and its 1000 biases.
        assertEquals(
                21_797_672 - 513_000,
                parameters(
                        settings(EncoderType.RESNET34, NeckType.FPN, SegmentationType.LIGHT, false, 320), "encoder."));
    }

    @Test
    void fiveLevelsAddTheirShare() {
        // Published: 36.10 M parameters at side 512, 2.96 M of them leftovers (four stacks of a level scale with it: 2
        // 367 488 * 5 / 4).
        long all = parameters(settings(EncoderType.RESNET18, NeckType.FPN, SegmentationType.LIGHT, false, 512), "");
        assertEquals(36.10, (all + 2_367_488 * 5 / 4) / 1e6, 0.02);
    }

    @ParameterizedTest
    @CsvSource({
        "false, 320, 12750",
        "true, 320, 12750",
        "false, 512, 32736",
        "true, 256, 8160",
        "false, 384, 18360",
        "true, 352, 0",
        "true, 64, 0"
    })
    void outputShapes(boolean pooling, int side, int anchors) {
        NetworkSettings settings =
                settings(EncoderType.RESNET18, NeckType.PAFPN, SegmentationType.LIGHT, pooling, side);
        Graph graph = new Graph(new Variables());
        Network network = new Network(settings);
        Outputs outputs = network.training(graph, network.images(graph, 2, side));
        int expected = 0;
        int levels = side < 512 ? 4 : 5;
        for (int level = 0; level < levels; level++) {
            int rows = (int) Math.ceil(side / (8.0 * (1 << level)));
            assertEquals(
                    Shape.of(2, rows, rows, 256), outputs.pyramid().get(level).shape());
            expected += 6 * rows * rows;
        }
        assertEquals(levels, outputs.pyramid().size());
        assertTrue(anchors == 0 || anchors == expected);
        assertEquals(expected, settings.anchors(side));
        assertEquals(Shape.of(2, expected, 4), outputs.location().shape());
        assertEquals(Shape.of(2, expected, 20), outputs.confidence().shape());
        assertEquals(Shape.of(2, side / 4, side / 4, 21), outputs.segmentation().shape());
    }

    @Test
    void publishedHeadIsAtFullResolution() {
        NetworkSettings settings = settings(EncoderType.RESNET18, NeckType.FPN, SegmentationType.PUBLISHED, false, 320);
        Graph graph = new Graph(new Variables());
        Network network = new Network(settings);
        assertEquals(
                Shape.of(1, 320, 320, 21),
                network.inference(graph, network.images(graph, 1, 320))
                        .segmentation()
                        .shape());
    }

    @Test
    void aTaskWithoutClassesHasNoHead() {
        NetworkSettings both = settings(EncoderType.RESNET18, NeckType.FPN, SegmentationType.LIGHT, false, 320);
        NetworkSettings boxes = both.withClasses(VOC, List.of());
        NetworkSettings masks = both.withClasses(List.of(), VOC);
        Graph graph = new Graph(new Variables());
        Network network = new Network(boxes);
        assertNull(network.training(graph, network.images(graph, 1, 320)).segmentation());
        assertEquals(0, parameters(boxes, "segmentation."));
        assertEquals(28_608_384 - 2_514_432, parameters(boxes, ""));
        assertEquals(11_176_512 + 5_319_936 + 2_514_432, parameters(masks, ""));
        assertThrows(IllegalArgumentException.class, () -> both.withClasses(List.of(), List.of()));
    }

    @Test
    void encoderNamesAreTorchvisions() {
        List<String> names = new Network(
                        settings(EncoderType.RESNET18, NeckType.FPN, SegmentationType.LIGHT, false, 320))
                .variables().all().stream()
                        .map(variable -> variable.tensor().name())
                        .filter(name -> name.startsWith("encoder."))
                        .toList();
        // 20 convolutions, each with the four vectors of its normalization.
        assertEquals(20 * 5, names.size());
        assertTrue(names.containsAll(List.of(
                "encoder.conv1.weight",
                "encoder.bn1.running_mean",
                "encoder.layer1.0.conv1.weight",
                "encoder.layer2.0.downsample.0.weight",
                "encoder.layer2.0.downsample.1.running_var",
                "encoder.layer4.1.bn2.bias")));
        assertFalse(names.contains("encoder.layer1.0.downsample.0.weight"));
        List<String> deep = new Network(settings(EncoderType.RESNET50, NeckType.FPN, SegmentationType.LIGHT, true, 320))
                .variables().all().stream()
                        .map(variable -> variable.tensor().name())
                        .toList();
        assertTrue(deep.containsAll(List.of(
                "encoder.layer1.0.downsample.0.weight",
                "encoder.layer4.2.conv3.weight",
                "encoder.layer3.5.bn3.weight")));
    }

    @Test
    void cancelledBiasesAreNotTrained() {
        Network network = new Network(settings(EncoderType.RESNET18, NeckType.FPN, SegmentationType.LIGHT, false, 320));
        Variables variables = network.variables();
        List<String> all = variables.parameters().stream()
                .map(variable -> variable.tensor().name())
                .toList();
        List<String> trained =
                network.trained(variables).stream().map(Tensor::name).toList();
        // context 3, pyramid, lateral, fpn 4 each, two towers of two at four levels, branches 1+2+3+4, fuse 3
        assertEquals(3 + 12 + 16 + 10 + 3, all.size() - trained.size());
        assertTrue(trained.contains("detection.location.0.out.bias"));
        assertFalse(trained.contains("neck.fpn.0.conv.bias"));
        assertTrue(all.contains("neck.fpn.0.conv.bias"));
    }

    @Test
    void everyFormDeclaresTheSameVariablesInTheSameOrder() {
        Network network =
                new Network(settings(EncoderType.RESNET50, NeckType.PAFPN, SegmentationType.LIGHT, true, 320));
        Variables evaluated = new Variables();
        Graph graph = new Graph(evaluated);
        network.evaluation(graph, network.images(graph, 3, 256));
        assertEquals(names(network.variables()), names(evaluated));
        assertTrue(names(network.foldedVariables()).stream().noneMatch(name -> name.contains("running")));
    }

    private static List<String> names(Variables variables) {
        return variables.all().stream()
                .map(variable -> variable.tensor().name())
                .toList();
    }

    @Test
    void settingsThatMakeNoNetworkAreRejected() {
        NetworkSettings good = NetworkSettings.small(List.of("pit"), List.of("scratch"), 256);
        assertThrows(IllegalArgumentException.class, () -> good.withEncoderChannels(0));
        for (int side : new int[] {0, 32, 100, 320 + 16, -320}) {
            assertThrows(IllegalArgumentException.class, () -> NetworkSettings.small(List.of("pit"), List.of(), side));
        }
        assertThrows(
                IllegalArgumentException.class, () -> NetworkSettings.small(List.of("pit", "pit"), List.of(), 256));
        Graph graph = new Graph(new Variables());
        Network network = new Network(good);
        assertThrows(IllegalArgumentException.class, () -> network.training(graph, network.images(graph, 1, 100)));
    }
}
