/**
 * One network that finds boxes and segments pixels, from data to deployment. {@code network} describes it,
 * {@code detection} and {@code segmentation} hold the losses and the decoding of its outputs, {@code data} and
 * {@code augment} make batches, {@code audit} takes the inventory of a data set and {@code convert} writes it in
 * another layout, {@code train} trains, {@code weights} reads and writes files, {@code metrics} and {@code picture}
 * judge and show. {@link tandem.model.declaration.SettingsJson} writes the settings of all of them.
 */
package tandem.model;
