package tandem.tools.serve;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A frame as the page shows it.
 *
 * @param number of the frame since the start, from 1
 * @param rejected whether thresholds rejected it
 * @param json what was found, see {@link tandem.tools.watch.InspectionJson}, with number, name and times
 * @param image a JPEG file, downscaled if it is large
 * @param mask a PNG file of the same size, see {@link MaskLayer}; null without segmentation
 */
record ShownFrame(int number, boolean rejected, ObjectNode json, byte[] image, byte[] mask) {}
