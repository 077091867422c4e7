/**
 * COCO's files as they are written: what an instances file lists, outlines as polygons or run lengths, and the pixels
 * inside them. Start at {@link tandem.model.coco.CocoFile}. Data sets ({@code data}) and metrics ({@code metrics}) are
 * both built on it.
 */
package tandem.model.coco;
