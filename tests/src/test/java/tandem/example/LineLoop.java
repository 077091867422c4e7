package tandem.example;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import tandem.model.Frame;
import tandem.model.FrameNotInspectedException;
import tandem.model.Inspector;
import tandem.model.Inspector.PixelFormat;
import tandem.model.InspectorOptions;
import tandem.model.InspectorOptions.FrameFormat;
import tandem.model.inference.Inspection;

/** An inspection line: each frame passes or is rejected, and a frame without a result in time is rejected. */
public final class LineLoop {

    private LineLoop() {}

    /** Fills the buffer with the next frame; false at the end. */
    public interface Camera {
        boolean next(ByteBuffer frame);
    }

    /** Lets a part pass, or rejects it. */
    public interface Gate {
        void set(boolean pass);
    }

    // begin of the example
    public static void run(Path weights, Camera camera, Gate gate) throws IOException {
        FrameFormat format = new FrameFormat(PixelFormat.GRAY, 640, 480);
        InspectorOptions options = InspectorOptions.standard().with(change -> change.format(Optional.of(format)));
        try (Inspector inspector = Inspector.load(weights, options)) {
            inspector.warmUp();
            ByteBuffer buffer = ByteBuffer.allocateDirect(640 * 480);
            Frame frame = Frame.of(buffer, PixelFormat.GRAY, 640, 480);
            Inspection found = new Inspection();
            Duration limit = Duration.ofSeconds(2);
            while (camera.next(buffer)) {
                try {
                    inspector.inspect(frame, found, limit);
                    gate.set(found.decision().pass());
                } catch (FrameNotInspectedException late) {
                    gate.set(false);
                }
            }
            System.out.println(inspector.metrics().prometheusText());
        }
    }
    // end of the example
}
