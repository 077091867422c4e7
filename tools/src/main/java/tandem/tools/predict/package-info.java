/**
 * {@code tandem predict}: runs a trained network on images. Start at {@link tandem.tools.predict.PredictCommand}. Not
 * an API.
 */
package tandem.tools.predict;
