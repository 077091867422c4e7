/**
 * From a data set to batches: {@link tandem.model.batch.EpochSampler} says which images come next,
 * {@link tandem.model.batch.BatchStager} decodes them in background threads and hands over a
 * {@link tandem.model.batch.StagedBatch} that only needs to be uploaded. Everything that a seed fixes is fixed here:
 * the order of the images and each image's augmentation do not depend on the timing of threads.
 */
package tandem.model.batch;
