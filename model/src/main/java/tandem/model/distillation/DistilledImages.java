package tandem.model.distillation;

import com.fasterxml.jackson.annotation.JsonProperty;

/** On which images of a batch a teacher speaks. Its own task counts; a label that a program drew is none. */
public enum DistilledImages {
    /** Those that a person annotated for the teacher's task. */
    @JsonProperty("labelled")
    LABELLED,
    /** The others. */
    @JsonProperty("unlabelled")
    UNLABELLED,
    /** All. */
    @JsonProperty("all")
    ALL
}
