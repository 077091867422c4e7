/**
 * Evaluation of held-out images while a network trains, and the signs that a run has learned nothing. API. A
 * {@link tandem.model.validation.LearningFinding} is one such sign in words.
 */
package tandem.model.validation;
