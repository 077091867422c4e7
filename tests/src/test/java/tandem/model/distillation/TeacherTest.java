package tandem.model.distillation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tandem.model.network.NetworkSettings;

class TeacherTest {

    @Test
    void anotherMaximumOfPixelsIsReported() {
        NetworkSettings student = NetworkSettings.small(List.of("a"), List.of("a"), 64);
        Path file = Path.of("t.safetensors");
        assertEquals(Optional.empty(), Teacher.otherPixels(file, student.withEncoderChannels(8), student));
        assertEquals(
                Optional.of(
                        "t.safetensors: this teacher was trained with images of at most 5000 pixels; it runs on the "
                                + "student's images, of at most 1048576 pixels"),
                Teacher.otherPixels(file, student.withMaxPixels(5000), student));
    }
}
