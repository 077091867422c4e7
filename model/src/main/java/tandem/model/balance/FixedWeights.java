package tandem.model.balance;

/**
 * Factors that stay.
 *
 * @param factors they are
 */
public record FixedWeights(Factors factors) implements LossWeights {}
