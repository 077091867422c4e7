package tandem.kernels.ptx;

/** A branch target. Its name is unique in the body, whatever scope it was written in. */
public record PtxLabel(int line, String name) implements Statement {
    @Override
    public String toString() {
        return name + ":";
    }
}
