/**
 * Data sets: which images there are, what each of them is annotated with, and their pixels. Start at
 * {@link tandem.model.data.DataReader}, which turns a folder in Pascal VOC or COCO layout and
 * {@link tandem.model.data.ImageLists} into a {@link tandem.model.data.DataSet}; {@link tandem.model.data.ImageDecoder}
 * reads the pixels. Bad input is a {@link tandem.model.data.DataException} with one line for people.
 */
package tandem.model.data;
