/** What each task may change of the encoder they share. Start with {@link BalanceSettings}. */
package tandem.model.balance;
