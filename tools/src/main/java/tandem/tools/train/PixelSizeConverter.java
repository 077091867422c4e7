package tandem.tools.train;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import tandem.model.image.PixelSize;

/** Sizes in options. */
final class PixelSizeConverter implements ITypeConverter<PixelSize> {

    @Override
    public PixelSize convert(String text) {
        try {
            return PixelSize.of(text);
        } catch (IllegalArgumentException wrong) {
            throw new TypeConversionException(wrong.getMessage());
        }
    }
}
