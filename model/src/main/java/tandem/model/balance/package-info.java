/**
 * What each task may change of the encoder they share: how much of it is frozen
 * ({@link tandem.model.settings.FreezeSettings}), and how their losses and gradients are weighed against each other.
 * Start with {@link tandem.model.settings.BalanceSettings}.
 */
package tandem.model.balance;
