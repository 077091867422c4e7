package tandem.tools.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tandem.kernels.Texture;
import tandem.tools.InputException;

/**
 * A texture or surface object as an argument.
 *
 * @param text on the command line
 * @param elements the channels of all elements
 * @param shape of the texture
 * @param sampling how it is read
 */
record TextureArgument(String text, KernelArgument.Array elements, Texture.Shape shape, Texture.Sampling sampling)
        implements KernelArgument {

    private static final String SYNTAX =
            "texture:TYPE[WIDTH], [WIDTHxHEIGHT] or [WIDTHxHEIGHTxDEPTH], TYPE such as f32, f32x4 or u8x4, then any of"
                    + " ,linear ,wrap ,mirror ,border ,normalized (coordinates from 0 to 1) ,values (integers as 0 to 1) ,layers ,cube,"
                    + " then =CONTENTS as for arrays";
    private static final Pattern PATTERN = Pattern.compile(
            "texture:([a-z]+\\d+)(?:x([124]))?\\[(\\d{1,6})(?:x(\\d{1,6}))?(?:x(\\d{1,6}))?\\]((?:,[a-z]+)*)(?:=(.+))?");

    @Override
    public ElementType type() {
        return ElementType.U64;
    }

    static TextureArgument parse(String text) {
        Matcher match = PATTERN.matcher(text);
        if (!match.matches()) {
            throw new InputException("--arg " + text + ": expected " + SYNTAX);
        }
        ElementType type = ElementType.of(match.group(1));
        int channels = match.group(2) == null ? 1 : Integer.parseInt(match.group(2));
        int width = Integer.parseInt(match.group(3));
        int height = match.group(4) == null ? 1 : Integer.parseInt(match.group(4));
        int depth = match.group(5) == null ? 1 : Integer.parseInt(match.group(5));
        List<String> options = new ArrayList<>(Arrays.stream(match.group(6).split(","))
                .filter(option -> !option.isEmpty())
                .toList());
        Texture.Geometry geometry = match.group(5) != null
                ? Texture.Geometry.VOLUME
                : match.group(4) != null ? Texture.Geometry.PLANE : Texture.Geometry.LINE;
        if (options.remove("layers")) {
            // Layers of lines, or of planes.
            depth = match.group(5) == null ? height : depth;
            height = match.group(5) == null ? 1 : height;
            geometry = match.group(5) == null ? Texture.Geometry.LAYERED_LINE : Texture.Geometry.LAYERED_PLANE;
        } else if (options.remove("cube")) {
            geometry = depth == 6 ? Texture.Geometry.CUBE : Texture.Geometry.LAYERED_CUBE;
        }
        Texture.Sampling sampling = new Texture.Sampling(
                options.remove("wrap")
                        ? Texture.Addressing.WRAP
                        : options.remove("mirror")
                                ? Texture.Addressing.MIRROR
                                : options.remove("border") ? Texture.Addressing.BORDER : Texture.Addressing.CLAMP,
                options.remove("linear") ? Texture.Filtering.LINEAR : Texture.Filtering.POINT,
                options.remove("normalized"),
                options.remove("values"));
        if (!options.isEmpty()
                || type.bytes() == 8
                || type == ElementType.BF16
                || (long) width * height * depth * channels * type.bytes() > 1 << 30) {
            throw new InputException("--arg " + text + ": expected " + SYNTAX);
        }
        try {
            Texture.Shape shape = new Texture.Shape(
                    geometry,
                    width,
                    height,
                    depth,
                    Texture.Channel.valueOf(type.name().toUpperCase(Locale.ROOT).replaceFirst("^I", "S")),
                    channels);
            String fill = match.group(7) == null ? "zeros" : match.group(7).strip();
            return new TextureArgument(
                    text,
                    new KernelArgument.Array(text, type, width * height * depth * channels, fill),
                    shape,
                    sampling);
        } catch (IllegalArgumentException e) {
            throw new InputException("--arg " + text + ": " + e.getMessage());
        }
    }

    /** The texture of elements at an address. */
    Texture open(long address) {
        try {
            return Texture.of(shape, sampling, address, (long) shape.width() * shape.elementBytes());
        } catch (IllegalArgumentException e) {
            throw new InputException("--arg " + text + ": " + e.getMessage());
        }
    }
}
