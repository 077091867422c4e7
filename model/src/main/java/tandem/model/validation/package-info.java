/**
 * Evaluation of held-out images while a network trains, and the signs that a run has learned nothing. API. Start at
 * {@link tandem.model.validation.Validation}, which evaluates images again and again;
 * {@link tandem.model.validation.LearningFinding} is such a sign in words, found in
 * {@link tandem.model.validation.LearningFacts}.
 */
package tandem.model.validation;
