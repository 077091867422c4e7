/**
 * What each task may change of the encoder they share: how much of it is frozen
 * ({@link tandem.model.balance.FreezeSettings}), and how their losses and gradients are weighed against each other.
 * Start with {@link tandem.model.balance.BalanceSettings}.
 */
package tandem.model.balance;
