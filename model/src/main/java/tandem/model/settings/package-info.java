/**
 * The settings of training: records by subject, all of them parts of {@link tandem.model.settings.TrainingSettings},
 * and {@link tandem.model.settings.AugmentationSettings}. Each component is declared once, by
 * {@link tandem.model.declaration.Setting}; those of the network are in {@link tandem.model.network.NetworkSettings}.
 */
package tandem.model.settings;
