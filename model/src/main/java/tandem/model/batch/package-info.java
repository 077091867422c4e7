/**
 * From a data set to batches. Internal to training and evaluation. Start at {@link tandem.model.batch.BatchStager},
 * which decodes images in background threads and returns a {@link tandem.model.batch.StagedBatch} that is ready to be
 * uploaded; {@link tandem.model.batch.EpochSampler} gives the order of the images. Order and augmentation depend on the
 * seed only, not on the timing of threads.
 */
package tandem.model.batch;
