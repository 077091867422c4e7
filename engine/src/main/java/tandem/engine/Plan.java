package tandem.engine;

import java.util.List;

/**
 * Where every tensor of a graph lies, decided from the first and last operation that touches it, before anything is
 * allocated. Prepared for one device, as workspace sizes depend on it.
 */
public final class Plan {

    /** One line of the plan: a tensor, its offset in its arena, and the operations between which it lives. */
    public record Placement(Tensor tensor, long offset, int first, int last) {}

    private Plan() {}

    /** Plans {@code graph} for {@code device}. */
    public static Plan of(Graph graph, Device device) {
        throw new UnsupportedOperationException();
    }

    /** Bytes of the arena that holds activations. */
    public long activationBytes() {
        throw new UnsupportedOperationException();
    }

    /** Bytes that activations would take without reuse. */
    public long unsharedActivationBytes() {
        throw new UnsupportedOperationException();
    }

    /** Bytes of inputs and constants. */
    public long inputBytes() {
        throw new UnsupportedOperationException();
    }

    /** Bytes of the largest workspace of any operation. */
    public long workspaceBytes() {
        throw new UnsupportedOperationException();
    }

    /** Every activation's placement. */
    public List<Placement> placements() {
        throw new UnsupportedOperationException();
    }
}
