package tandem.tools.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import tandem.model.image.PixelSize;
import tandem.model.train.StepLosses;
import tandem.model.train.TrainingEvent;

class LiveLineTest {

    private final StringWriter printed = new StringWriter();
    private long now;

    @Test
    void aPlainLineComesFirstThenEveryTenSecondsThenLast() {
        try (LiveLine line = LiveLine.plain(new PrintWriter(printed), 10, () -> now)) {
            for (int second = 0; second <= 25; second++) {
                now = second * 1_000_000_000L;
                line.update(second, 25, "second " + second);
            }
        }
        assertEquals(
                List.of("second 0", "second 10", "second 20", "second 25"),
                printed.toString().lines().toList());
    }

    @Test
    void aTerminalLineIsRewrittenInPlaceAndEndsWithTheLastState() {
        try (LiveLine line = LiveLine.terminal(new PrintWriter(printed), 40)) {
            line.update(1, 4, "one");
            line.message("a message");
            line.update(4, 4, "four");
        }
        String text = printed.toString();
        assertTrue(text.contains("a message\n"), text);
        assertTrue(text.endsWith("\rfour [" + "#".repeat(39 - 4 - 3) + "]\n"), text);
        assertEquals(2, text.chars().filter(c -> c == '\n').count(), "only the message and the end break the line");
    }

    @Test
    void aLineNeverExceedsItsRoom() {
        assertEquals("abcde", TerminalLine.line("abcdefgh", 1, 2, 5));
        assertEquals("abc     ", TerminalLine.line("abc", 1, 2, 8));
        assertEquals("abc [######......]", TerminalLine.line("abc", 1, 2, 18));
        assertEquals("abc [............]", TerminalLine.line("abc", 0, 7, 18));
        assertEquals("abc [############]", TerminalLine.line("abc", 9, 7, 18));
    }

    @Test
    void aStepShowsEveryFigure() {
        var losses = new StepLosses(1.5f, 0.25f, 0.5f, 0.75f);
        var step = new TrainingEvent.Step(30, 400, 1, 10, PixelSize.square(256), losses, 3.25f, 0.01, 41.25, 130);
        assertEquals(
                "epoch 2/10  step 31/400  loss 1.500 (box 0.250, class 0.500, mask 0.750)  norm 3.25  lr 0.010  "
                        + "41.3 images/s  2m 10s left",
                TrainingLine.text(step));
    }

    @Test
    void durations() {
        assertEquals("0s", TrainingLine.duration(0));
        assertEquals("1m 00s", TrainingLine.duration(59.6));
        assertEquals("2h 05m", TrainingLine.duration(7500));
        assertEquals("?", TrainingLine.duration(Double.NaN));
        assertEquals("?", TrainingLine.duration(Double.POSITIVE_INFINITY));
    }
}
