package tandem.tools.onnx;

/** The channels of a frame of bytes. */
public enum FrameFormat {
    /** One channel. */
    GRAY(1),
    /** Red, green, blue. */
    RGB(3),
    /** Blue, green, red, as OpenCV decodes images. */
    BGR(3);

    private final int channels;

    FrameFormat(int channels) {
        this.channels = channels;
    }

    /** Bytes of a pixel. */
    public int channels() {
        return channels;
    }
}
