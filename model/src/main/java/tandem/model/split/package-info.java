/**
 * Held-out images: a data set is divided into training images and held-out images, and given lists are searched for
 * images in both. API. Start at {@link tandem.model.split.HeldOutSplit} and {@link tandem.model.split.Overlap}.
 */
package tandem.model.split;
