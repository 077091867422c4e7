/**
 * Data sets: images, their annotations, and their pixels. API. Start at {@link tandem.model.data.RecognizedData}, which
 * recognizes the layout of a folder, and at its {@link tandem.model.data.DataReader}, which turns
 * {@link tandem.model.data.ImageLists} into a {@link tandem.model.data.DataSet}; {@link tandem.model.data.ImageDecoder}
 * reads the pixels. Invalid input is a {@link tandem.model.data.DataException} with one line for the user.
 */
package tandem.model.data;
