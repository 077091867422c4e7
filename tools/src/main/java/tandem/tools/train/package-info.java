/**
 * {@code tandem train}, {@code eval}, {@code plan} and {@code demo}: options turned into the settings of a network, of
 * data and of a run, and what is left behind in the output folder. Start at {@link tandem.tools.train.TrainCommand}.
 */
package tandem.tools.train;
