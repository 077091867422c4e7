package tandem.model.augment;

import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.KernelArguments;
import tandem.engine.KernelOperation;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.model.image.PixelSize;

/**
 * Augmentation as operations of a graph. An image is sampled once, directly from its stored pixels: bilinear, the mean
 * of several samples where it is downscaled by more than 2, gray 114 outside. Then the colors are changed, and each
 * channel is normalized as (x / 255 - mean) / deviation with the ImageNet values. Masks are sampled at the center of
 * each pixel. No operation here has a gradient.
 */
public final class Augment {

    private Augment() {}

    /** Images, masks and boxes of a batch on a canvas of this size. */
    public static Augmented apply(Graph graph, BatchInputs inputs, PixelSize size) {
        Tensor images = images(graph, inputs.pixels(), inputs.parameters(), size);
        Tensor masks = masks(graph, inputs.masks(), inputs.parameters(), size);
        return boxes(graph, inputs, images, masks);
    }

    /**
     * Images only, for inference.
     *
     * @param pixels UINT8 (N, P, 3)
     * @param parameters FLOAT32 (N, 12), see {@link ImageParameters}
     * @return FLOAT32 (N, height, width, 3)
     */
    public static Tensor images(Graph graph, Tensor pixels, Tensor parameters, PixelSize size) {
        require("pixels", pixels, DataType.UINT8, 3);
        int n = pixels.shape().dim(0);
        requireParameters(parameters, n);
        int threads = threads(n, size);
        Tensor images = graph.activation("images", Shape.of(n, size.height(), size.width(), 3));
        KernelOperation.named("augment_images")
                .reads(pixels, parameters)
                .writes(images)
                .launch(
                        "augment_images",
                        threads,
                        pixels,
                        parameters,
                        images,
                        pixels.shape().dim(1),
                        new Canvas(size),
                        threads)
                .appendTo(graph);
        return images;
    }

    /**
     * Masks only.
     *
     * @param masks UINT8 (N, P)
     * @param parameters FLOAT32 (N, 12), see {@link ImageParameters}
     * @return UINT8 (N, height, width)
     */
    static Tensor masks(Graph graph, Tensor masks, Tensor parameters, PixelSize size) {
        require("masks", masks, DataType.UINT8, 2);
        int n = masks.shape().dim(0);
        requireParameters(parameters, n);
        int threads = threads(n, size);
        Tensor canvas = graph.activation("masks", DataType.UINT8, Shape.of(n, size.height(), size.width()));
        KernelOperation.named("augment_masks")
                .reads(masks, parameters)
                .writes(canvas)
                .launch(
                        "augment_masks",
                        threads,
                        masks,
                        parameters,
                        canvas,
                        masks.shape().dim(1),
                        new Canvas(size),
                        threads)
                .appendTo(graph);
        return canvas;
    }

    private record Boxes(Tensor boxes, Tensor labels, Tensor counts) implements KernelArguments {}

    private static Augmented boxes(Graph graph, BatchInputs inputs, Tensor images, Tensor masks) {
        require("boxes", inputs.boxes(), DataType.FLOAT32, 3);
        int n = inputs.boxes().shape().dim(0);
        int maxBoxes = inputs.boxes().shape().dim(1);
        Tensor boxes = graph.activation("kept_boxes", inputs.boxes().shape());
        Tensor labels =
                graph.activation("kept_labels", DataType.INT32, inputs.labels().shape());
        Tensor counts =
                graph.activation("kept_counts", DataType.INT32, inputs.counts().shape());
        KernelOperation.named("augment_boxes")
                .reads(inputs.boxes(), inputs.labels(), inputs.counts(), inputs.parameters())
                .writes(boxes, labels, counts)
                .launch(
                        "augment_boxes",
                        n,
                        new Boxes(inputs.boxes(), inputs.labels(), inputs.counts()),
                        inputs.parameters(),
                        new Boxes(boxes, labels, counts),
                        maxBoxes,
                        n)
                .appendTo(graph);
        return new Augmented(images, masks, boxes, labels, counts, inputs.weights());
    }

    /** What the kernels take of the size of the canvas. */
    private record Canvas(int width, int height, float perColumn, float perRow) implements KernelArguments {
        Canvas(PixelSize size) {
            this(size.width(), size.height(), 1f / size.width(), 1f / size.height());
        }
    }

    private static int threads(int n, PixelSize size) {
        long pixels = (long) n * size.width() * size.height();
        if (pixels * 3 > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a canvas of " + size.width() + " x " + size.height() + " for " + n
                    + " images: all channels of the batch must be fewer than 2^31");
        }
        return (int) pixels;
    }

    private static void requireParameters(Tensor parameters, int n) {
        require("parameters", parameters, DataType.FLOAT32, 2);
        if (!parameters.shape().equals(Shape.of(n, ImageParameters.COUNT))) {
            throw new IllegalArgumentException(
                    "augment: " + parameters + " should be (" + n + ", " + ImageParameters.COUNT + ")");
        }
    }

    private static void require(String role, Tensor tensor, DataType type, int rank) {
        if (tensor.type() != type || tensor.shape().rank() != rank) {
            throw new IllegalArgumentException(
                    "augment: " + role + " should be " + type + " with " + rank + " sides, got " + tensor);
        }
    }
}
