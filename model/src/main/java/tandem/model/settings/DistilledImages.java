package tandem.model.settings;

/**
 * Images of a batch on which a teacher is applied. The annotation of its own task counts; weak labels and pseudo-labels
 * do not.
 */
public enum DistilledImages {
    /** Those annotated for the teacher's task. */
    LABELLED,
    /** The others. */
    UNLABELLED,
    /** All. */
    ALL
}
