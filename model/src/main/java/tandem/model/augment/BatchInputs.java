package tandem.model.augment;

import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.Shape;
import tandem.engine.Tensor;

/**
 * The inputs of a graph for a batch as the host uploads it: N images, each with at most P pixels and G boxes.
 *
 * @param pixels UINT8 (N, P, 3): the rows of each image, red first; the rest is not read
 * @param masks UINT8 (N, P): likewise, the class of each pixel
 * @param parameters FLOAT32 (N, 12): {@link ImageParameters}
 * @param boxes FLOAT32 (N, G, 4): xyxy pixel edges on the stored image
 * @param labels INT32 (N, G): their classes, from 0
 * @param counts INT32 (N): number of boxes of each image
 * @param weights FLOAT32 (N, 2): for each image the weight in the detection loss and in the segmentation loss; 0 when
 *     it lacks that annotation
 */
public record BatchInputs(
        Tensor pixels, Tensor masks, Tensor parameters, Tensor boxes, Tensor labels, Tensor counts, Tensor weights) {

    /**
     * Declares the inputs under their names.
     *
     * @param n number of images
     * @param pixels maximum number of pixels of each
     * @param boxes maximum number of boxes of each
     */
    public static BatchInputs declare(Graph graph, int n, int pixels, int boxes) {
        if (n < 1 || pixels < 1 || boxes < 1) {
            throw new IllegalArgumentException("a batch of " + n + " images with at most " + pixels + " pixels and "
                    + boxes + " boxes: each must be at least 1");
        }
        return new BatchInputs(
                graph.input("pixels", DataType.UINT8, Shape.of(n, pixels, 3)),
                graph.input("masks", DataType.UINT8, Shape.of(n, pixels)),
                graph.input("parameters", DataType.FLOAT32, Shape.of(n, ImageParameters.COUNT)),
                graph.input("boxes", DataType.FLOAT32, Shape.of(n, boxes, 4)),
                graph.input("labels", DataType.INT32, Shape.of(n, boxes)),
                graph.input("counts", DataType.INT32, Shape.of(n)),
                graph.input("weights", DataType.FLOAT32, Shape.of(n, 2)));
    }
}
