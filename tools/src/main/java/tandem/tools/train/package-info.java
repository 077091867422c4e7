/**
 * {@code tandem train}, {@code eval}, {@code plan}, {@code weak} and {@code demo}: convert options to settings of the
 * network, the data and the training, and write the output folder. Start at {@link tandem.tools.train.TrainCommand}.
 * Not an API.
 */
package tandem.tools.train;
