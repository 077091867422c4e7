package tandem.tools.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import tandem.tools.InputException;

class FailuresTest {

    @Command(name = "failing")
    private record Failing(Exception exception) implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            throw exception;
        }
    }

    private final StringWriter printed = new StringWriter();

    private int codeOf(Exception exception) {
        CommandLine line = new CommandLine(new Failing(exception));
        line.setErr(new PrintWriter(printed));
        line.setExecutionExceptionHandler(new Failures(() -> false));
        return line.execute();
    }

    @Test
    void wrongInputIsTwo() {
        assertEquals(2, codeOf(new InputException("no such class: scratc")));
        assertEquals("tandem: no such class: scratc", printed.toString().strip());
    }

    @Test
    void aMissingFileIsNamed() {
        assertEquals(2, codeOf(new NoSuchFileException("data/train.txt")));
        assertEquals(
                "tandem: data/train.txt: no such file or folder",
                printed.toString().strip());
    }

    @Test
    void theCauseOfAnUncheckedIoExceptionDecides() {
        assertEquals(2, codeOf(new UncheckedIOException(new NoSuchFileException("a.pt"))));
        assertEquals("tandem: a.pt: no such file or folder", printed.toString().strip());
    }

    @Test
    void aFolderThatCannotBeWrittenIsAFailure() {
        assertEquals(1, codeOf(new AccessDeniedException("runs")));
        assertEquals("tandem: runs: permission denied", printed.toString().strip());
    }

    @Test
    void aNameThatTheLocaleDoesNotHaveIsExplained() {
        assertEquals(
                1,
                codeOf(new InvalidPathException(
                        "pr\u00fcf.png", "Malformed input or input contains unmappable characters")));
        assertEquals(
                "tandem: pr\u00fcf.png: this name has characters that the locale does not have; set LC_ALL=C.UTF-8",
                printed.toString().strip());
    }

    @Test
    void severalLinesBecomeOne() {
        assertEquals(1, codeOf(new IllegalStateException("first\n   second")));
        assertEquals("tandem: first; second", printed.toString().strip());
    }

    @Test
    void anExceptionWithoutAMessageIsNamed() {
        assertEquals(1, codeOf(new IllegalStateException()));
        assertEquals(
                "tandem: IllegalStateException (run again with --debug for the stack trace)",
                printed.toString().strip());
    }
}
