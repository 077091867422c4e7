package tandem.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class UniqueFileNamesTest {

    private final UniqueFileNames names = new UniqueFileNames();

    @Test
    void textsThatDifferOnlyInReplacedCharactersHaveDifferentNames() {
        assertEquals("a_b", names.of("a b"));
        assertEquals("a_b-2", names.of("a_b"));
        assertEquals("a_b-3", names.of("a/b"));
        assertEquals("a_b", names.of("a b"), "the same text has the same name");
    }

    @Test
    void upperAndLowerCaseAreTheSameInSomeFileSystems() {
        assertEquals("Crack", names.of("Crack"));
        assertEquals("crack-2", names.of("crack"));
    }

    @Test
    void aNumberMayBeTaken() {
        assertEquals("a-2", names.of("a-2"));
        assertEquals("a", names.of("a"));
        assertEquals("A-3", names.of("A"));
    }

    @Test
    void prefixesStayAsTheyAreAndCount() {
        assertEquals("sub/x y-a_b", names.of("sub/x y-", "a b"));
        assertEquals("x-y-z", names.of("x-", "y-z"));
        assertEquals("x-y-z-2", names.of("x-y-", "z"));
    }
}
