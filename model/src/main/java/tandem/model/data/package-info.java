/**
 * Data sets: images, their annotations, and their pixels. API. Start at {@link tandem.model.data.DataReader}, which
 * turns a folder in Pascal VOC or COCO layout and {@link tandem.model.data.ImageLists} into a
 * {@link tandem.model.data.DataSet}; {@link tandem.model.data.ImageDecoder} reads the pixels. Invalid input is a
 * {@link tandem.model.data.DataException} with one line for the user.
 */
package tandem.model.data;
