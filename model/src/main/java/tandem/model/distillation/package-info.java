/**
 * Learning from other networks: teachers, and the losses that make a student imitate them. Start with
 * {@link DistillationSettings}.
 */
package tandem.model.distillation;

import tandem.model.settings.DistillationSettings;
