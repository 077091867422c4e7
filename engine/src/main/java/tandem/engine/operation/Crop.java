package tandem.engine.operation;

import java.util.List;
import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.KernelOperation;
import tandem.engine.Shape;
import tandem.engine.Tensor;

/** Cutting a part out of (N, H, W, C). */
public final class Crop {

    private Crop() {}

    /**
     * The upper left {@code height} rows and {@code width} columns; {@code x} itself when that is all of it.
     *
     * @param x (N, H, W, C), H at least {@code height} and W at least {@code width}; UINT8 too, if C is a multiple of
     *     4, without a gradient
     * @return (N, height, width, C)
     */
    public static Tensor upperLeft(Graph graph, Tensor x, int height, int width) {
        Moved moved = Moved.of("crop", x);
        DataType type = moved.type();
        int h = x.shape().dim(1);
        int w = x.shape().dim(2);
        if (height < 1 || width < 1 || height > h || width > w) {
            throw new IllegalArgumentException("crop cannot cut " + height + " x " + width + " out of " + x);
        }
        if (height == h && width == w) {
            return x;
        }
        int channels = moved.shape().dim(3);
        Tensor y = graph.activation(
                "crop",
                x.type(),
                Shape.of(x.shape().dim(0), height, width, x.shape().dim(3)));
        int n = moved.shape().dim(0) * height * width * channels;
        int all = Require.count("crop", x);
        KernelOperation.named("crop")
                .reads(x)
                .writes(y)
                .launch(type.kernel("crop_forward"), n, x, y, n, channels, h, w, height, width)
                .gradient((g, dy, needed) -> {
                    Tensor dx = g.activation("d_crop", type, x.shape());
                    KernelOperation.named("crop_backward")
                            .reads(dy.get(0))
                            .writes(dx)
                            .launch(
                                    type.kernel("crop_backward"),
                                    all,
                                    dy.get(0),
                                    dx,
                                    all,
                                    channels,
                                    h,
                                    w,
                                    height,
                                    width)
                            .appendTo(g);
                    return List.of(dx);
                })
                .appendTo(graph);
        return y;
    }
}
