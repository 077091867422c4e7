/**
 * One network for detection and segmentation, from data to deployment. API. Start at {@link tandem.model.Inspector} for
 * inference and at {@link tandem.model.train.Trainer} for training. {@code network} describes the network,
 * {@code detection} and {@code segmentation} contain the losses and the decoding of its outputs, {@code data},
 * {@code batch} and {@code augment} create batches, {@code audit} checks a data set and {@code convert} writes it in
 * another layout, {@code train} trains, {@code distillation} and {@code weak} add teachers and generated labels,
 * {@code weights} reads and writes files, {@code metrics} and {@code figure} evaluate and draw.
 * {@link tandem.model.declaration.SettingsJson} writes the settings of all of them.
 */
package tandem.model;
