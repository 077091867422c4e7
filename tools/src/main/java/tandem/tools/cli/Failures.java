package tandem.tools.cli;

import java.io.FileNotFoundException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import tandem.kernels.text.Excerpt;
import tandem.model.data.DataException;
import tandem.model.weights.WeightsException;
import tandem.tools.InputException;

/** Turns every failure into one line for the user and an exit code. */
final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {

    /** Wrong usage or input. */
    static final int USAGE = 2;

    /** Usage and input were valid, but the command failed. */
    static final int FAILED = 1;

    private final BooleanSupplier debug;

    Failures(BooleanSupplier debug) {
        this.debug = debug;
    }

    @Override
    public int handleParseException(ParameterException e, String[] arguments) {
        CommandLine line = e.getCommandLine();
        line.getErr().println("tandem: " + oneLine(e.getMessage()));
        line.getErr().println("Try '" + line.getCommandSpec().qualifiedName() + " --help'.");
        trace(e, line);
        return USAGE;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine line, ParseResult result) {
        line.getErr().println("tandem: " + describe(e));
        trace(e, line);
        return isInput(e) ? USAGE : FAILED;
    }

    private void trace(Exception e, CommandLine line) {
        if (debug.getAsBoolean()) {
            e.printStackTrace(line.getErr());
        }
    }

    private static boolean isInput(Throwable e) {
        if (e instanceof UncheckedIOException) {
            return isInput(e.getCause());
        }
        return e instanceof InputException
                || e instanceof DataException
                || e instanceof WeightsException
                || e instanceof NoSuchFileException
                || e instanceof FileNotFoundException
                || e instanceof NotDirectoryException;
    }

    /** One line: what happened, with the file where the exception names one. */
    static String describe(Throwable e) {
        if (e instanceof NoSuchFileException missing) {
            return missing.getFile() + ": no such file or folder";
        }
        if (e instanceof AccessDeniedException denied) {
            return denied.getFile() + ": permission denied";
        }
        if (e instanceof FileAlreadyExistsException existing) {
            return existing.getFile() + ": already exists";
        }
        if (e instanceof NotDirectoryException file) {
            return file.getFile() + ": not a folder";
        }
        if (e instanceof FileSystemException file && file.getReason() != null) {
            return file.getFile() + ": " + file.getReason();
        }
        if (e instanceof InvalidPathException path && path.getReason().startsWith("Malformed input")) {
            return path.getInput() + ": this name has characters that the locale does not have; set LC_ALL=C.UTF-8";
        }
        if (e.getMessage() == null || e.getMessage().isBlank()) {
            return e.getClass().getSimpleName() + " (run again with --debug for the stack trace)";
        }
        if (e.getCause() != null && e.getMessage().equals(e.getCause().toString())) {
            return describe(e.getCause());
        }
        return oneLine(e.getMessage());
    }

    private static String oneLine(String message) {
        return Excerpt.of(message.strip()).replaceAll("\\s*\\R\\s*", "; ");
    }
}
