package tandem.model.data;

import tandem.model.image.Orientation;

/**
 * The chunks of a WebP file (RFC 9649, section 2). The decoder reserves memory for the size that a VP8 or VP8L chunk
 * states, whatever the size of the canvas, so that both are compared before an image is decoded.
 *
 * <p>Only a lossy image has a maximum size that follows from the bytes of its chunk. Each of its macroblocks of 16 x 16
 * pixels stores a luma and a chroma prediction mode with probabilities of at most 145/256 and 142/256 (RFC 6386,
 * section 11.2), which takes more than 1.6 bits: there are fewer macroblocks than bits. A lossless image of one color
 * takes no bits per pixel, so that 20 bytes may be a valid image of any size; {@link PixelLimit} is its limit.
 *
 * @param source the file
 */
record WebpChunks(HeaderBytes source) {

    private static final String END = "the end of a WebP";
    private static final int ANIMATED = 2;

    /**
     * Checks the image that is decoded, the first of an animation, and reads the orientation in the chunk EXIF.
     *
     * @throws DataException when a chunk is cut short, there is no image, it has another size than the file states, or
     *     its chunk is too short for that size
     */
    Orientation checked() {
        Orientation orientation = Orientation.UPRIGHT;
        long size = 8 + number(4, 4);
        source.at(size - 1, END);
        boolean extended = source.startsWith(12, 'V', 'P', '8', 'X');
        boolean animated = extended && (number(20, 1) & ANIMATED) != 0;
        boolean found = false;
        for (long position = 12; position + 8 <= size; position = next(position)) {
            long data = position + 8;
            long length = length(position, size);
            if (source.startsWith((int) position, 'E', 'X', 'I', 'F')) {
                int prefix = source.startsWith((int) data, 'E', 'x', 'i', 'f', 0, 0) ? 6 : 0;
                orientation = ExifOrientation.of(source.bytes(), (int) data + prefix, (int) (data + length));
            } else if (animated && !found && source.startsWith((int) position, 'A', 'N', 'M', 'F')) {
                for (long inner = data + 16; inner + 8 <= data + length; inner = next(inner)) {
                    length(inner, data + length);
                    found |= isImage(inner, 1 + number(data + 6, 3), 1 + number(data + 9, 3));
                }
            } else if (extended && !animated) {
                found |= isImage(position, 1 + number(24, 3), 1 + number(27, 3));
            } else if (position == 12) {
                found = isImage(position, 0, 0);
            }
        }
        if (!found) {
            throw damaged("is a WebP without an image");
        }
        return orientation;
    }

    /**
     * Whether a chunk is an image. Checks it.
     *
     * @param width columns that the file states; 0 when only the chunk does
     */
    private boolean isImage(long chunk, long width, long height) {
        boolean lossless = source.startsWith((int) chunk, 'V', 'P', '8', 'L');
        if (!lossless && !source.startsWith((int) chunk, 'V', 'P', '8', ' ')) {
            return false;
        }
        long data = chunk + 8;
        long length = number(chunk + 4, 4);
        boolean complete = lossless
                ? length >= 5 && number(data, 1) == 0x2F
                : length >= 10 && (number(data, 1) & 1) == 0 && number(data + 3, 3) == 0x2A019D;
        if (!complete) {
            throw damaged("has a header that cannot be read (its chunk " + (lossless ? "VP8L" : "VP8")
                    + " does not start with an image)");
        }
        long sizes = lossless ? number(data + 1, 4) : 0;
        long columns = lossless ? 1 + (sizes & 0x3FFF) : number(data + 6, 2) & 0x3FFF;
        long rows = lossless ? 1 + (sizes >> 14 & 0x3FFF) : number(data + 8, 2) & 0x3FFF;
        if (width > 0 && (columns != width || rows != height)) {
            throw damaged(
                    "states " + width + " x " + height + " pixels, but contains an image of " + columns + " x " + rows);
        }
        if (!lossless && (columns + 15) / 16 * ((rows + 15) / 16) > 8 * length) {
            throw damaged("states " + columns + " x " + rows + " pixels, more than the " + length
                    + " bytes of its image can contain");
        }
        return true;
    }

    private long next(long chunk) {
        long length = number(chunk + 4, 4);
        return chunk + 8 + length + (length & 1);
    }

    /** Bytes of a chunk's content, which must end where the bytes around it end or before. */
    private long length(long chunk, long end) {
        long length = number(chunk + 4, 4);
        if (length > end - chunk - 8) {
            source.at(source.bytes().length, END);
        }
        return length;
    }

    private long number(long position, int count) {
        return source.littleEndian(position, count, END) & 0xFFFF_FFFFL;
    }

    private DataException damaged(String what) {
        return new DataException(source.file(), what, ImageHeader.SHORT);
    }
}
