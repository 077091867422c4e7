package tandem.model;

/** A call of an inspector after {@link Inspector#close}. */
public final class InspectorClosedException extends IllegalStateException {

    private static final long serialVersionUID = 1;

    InspectorClosedException() {
        super("this inspector is closed");
    }
}
