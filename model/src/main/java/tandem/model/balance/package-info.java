/**
 * The balance of the two tasks: weights of their losses that change during training. Internal to training. Start at
 * {@link tandem.model.balance.LossWeights}; {@link tandem.model.settings.BalanceSettings} selects the method.
 */
package tandem.model.balance;
