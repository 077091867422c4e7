package tandem.model.balance;

/**
 * Constant factors.
 *
 * @param factors the factors
 */
record FixedWeights(Factors factors) implements LossWeights {}
