/**
 * The settings of training. API. Start at {@link tandem.model.settings.TrainingSettings}, whose components are records
 * by subject; {@link tandem.model.settings.AugmentationSettings} are separate. Each component is declared once, by
 * {@link tandem.model.declaration.Setting}; the settings of the network are in
 * {@link tandem.model.network.NetworkSettings}.
 */
package tandem.model.settings;
