package tandem.fuzz;

import java.util.List;

/**
 * A reader of files, with valid inputs to damage.
 *
 * @param name its name in messages and in the names of stored inputs
 * @param seeds valid inputs
 * @param refusal the exception that it documents for bad input, subclasses included
 * @param reader reads one input to the end
 */
public record FuzzTarget(String name, List<byte[]> seeds, Class<? extends Exception> refusal, Reader reader) {

    /** Reads one input. */
    @FunctionalInterface
    public interface Reader {
        /** Throws for bad input. */
        void read(byte[] input) throws Exception;
    }

    boolean refuses(Throwable problem) {
        // Subclasses of the JDK's own exceptions, such as NumberFormatException, are accidents.
        return refusal.getName().startsWith("java.lang.") ? problem.getClass() == refusal : refusal.isInstance(problem);
    }

    @Override
    public String toString() {
        return name;
    }
}
