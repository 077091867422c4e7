package tandem.model.weak;

/** Receives the events of label generation. */
@FunctionalInterface
public interface LabelListener {

    /** Ignores all events. */
    LabelListener NONE = event -> {};

    /** Receives one event. */
    void on(LabelEvent event);
}
