/**
 * {@code tandem predict}: trained weights at work on pictures. Start at {@link tandem.tools.predict.PredictCommand}.
 */
package tandem.tools.predict;
