package tandem.kernels.ptx;

/** A declared register that the body uses. Two registers of one name in different scopes are two objects. */
public final class PtxRegister {

    private final String name;
    private final PtxType type;
    private final int index;

    PtxRegister(String name, PtxType type, int index) {
        this.name = name;
        this.type = type;
        this.index = index;
    }

    /** The name with its percent sign. */
    public String name() {
        return name;
    }

    /** The declared type. */
    public PtxType type() {
        return type;
    }

    /** Position among the registers of its entry, from 0, in the order of first mention. */
    public int index() {
        return index;
    }

    @Override
    public String toString() {
        return name;
    }
}
