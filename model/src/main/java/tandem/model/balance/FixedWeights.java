package tandem.model.balance;

/**
 * Constant factors.
 *
 * @param factors the factors
 */
public record FixedWeights(Factors factors) implements LossWeights {}
