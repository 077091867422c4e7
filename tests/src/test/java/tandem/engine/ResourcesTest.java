package tandem.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResourcesTest {

    private final List<String> closed = new ArrayList<>();
    private final Resources owned = new Resources();

    private AutoCloseable named(String name, Exception problem) {
        return new AutoCloseable() {
            @Override
            public void close() throws Exception {
                closed.add(name);
                if (problem != null) {
                    throw problem;
                }
            }

            @Override
            public String toString() {
                return name;
            }
        };
    }

    @Test
    void closesTheLastAddedFirst() {
        AutoCloseable a = named("a", null);
        assertSame(a, owned.add(a));
        owned.add(named("b", null));
        owned.add(named("c", null));
        owned.close();
        assertEquals(List.of("c", "b", "a"), closed);
    }

    @Test
    void closesEachOnce() {
        owned.add(named("a", null));
        owned.close();
        owned.close();
        owned.add(named("b", null));
        owned.close();
        assertEquals(List.of("a", "b"), closed);
    }

    @Test
    void closesAllAlthoughSomeThrow() {
        IllegalArgumentException ofA = new IllegalArgumentException("a");
        IllegalArgumentException ofC = new IllegalArgumentException("c");
        IllegalArgumentException ofD = new IllegalArgumentException("d");
        owned.add(named("a", ofA));
        owned.add(named("b", null));
        owned.add(named("c", ofC));
        owned.add(named("d", ofD));
        assertSame(ofD, assertThrows(IllegalArgumentException.class, owned::close));
        assertEquals(List.of("d", "c", "b", "a"), closed);
        assertArrayEquals(new Throwable[] {ofC, ofA}, ofD.getSuppressed());
        assertDoesNotThrow(owned::close);
    }

    @Test
    void aCheckedExceptionBecomesTheCause() {
        IOException cause = new IOException("disk");
        owned.add(named("file", cause));
        IllegalStateException thrown = assertThrows(IllegalStateException.class, owned::close);
        assertSame(cause, thrown.getCause());
        assertEquals("cannot close file", thrown.getMessage());
    }

    @Test
    void theProblemOfAConstructorStaysTheFirst() {
        IllegalStateException problem = new IllegalStateException("no memory");
        IllegalArgumentException ofA = new IllegalArgumentException("a");
        owned.add(named("a", ofA));
        owned.add(named("b", problem));
        owned.add(named("c", null));
        owned.closeAfter(problem);
        assertEquals(List.of("c", "b", "a"), closed);
        assertArrayEquals(new Throwable[] {ofA}, problem.getSuppressed());
    }

    @Test
    void anErrorIsThrownAsItIs() {
        AssertionError error = new AssertionError("broken");
        owned.add(() -> {
            throw error;
        });
        assertSame(error, assertThrows(AssertionError.class, owned::close));
    }
}
