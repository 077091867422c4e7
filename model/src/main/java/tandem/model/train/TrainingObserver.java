package tandem.model.train;

import java.util.List;

/** Receives the events of a training run on the thread that trains. Its time adds to the time of a step. */
@FunctionalInterface
public interface TrainingObserver {

    /** Ignores all events. */
    TrainingObserver NONE = event -> {};

    /** Receives one event. */
    void on(TrainingEvent event);

    /** One observer that passes each event on to several, in their order. */
    static TrainingObserver all(List<TrainingObserver> observers) {
        List<TrainingObserver> listeners = List.copyOf(observers);
        return event -> {
            for (int i = 0; i < listeners.size(); i++) {
                listeners.get(i).on(event);
            }
        };
    }
}
