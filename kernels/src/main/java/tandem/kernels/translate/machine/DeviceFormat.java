package tandem.kernels.translate.machine;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A {@code printf} format of C with its packed arguments (CUDA C++ Programming Guide, "Formatted Output"). */
final class DeviceFormat {

    private static final Pattern DIRECTIVE =
            Pattern.compile("%([-+ #0]*)(\\*|\\d*)(?:\\.(\\*|\\d*))?(hh|h|ll|l|L|z|j|t)?([a-zA-Z%])");

    private final StringBuilder text = new StringBuilder();
    private long next;
    private int arguments;

    DeviceFormat(String format, long arguments) {
        this.next = arguments;
        Matcher matcher = DIRECTIVE.matcher(format);
        int end = 0;
        while (matcher.find()) {
            text.append(format, end, matcher.start());
            directive(matcher);
            end = matcher.end();
        }
        text.append(format.substring(end));
    }

    String text() {
        return text.toString();
    }

    int arguments() {
        return arguments;
    }

    private int nextInt() {
        next = next + 3 & -4L;
        next += 4;
        arguments++;
        return Raw.UNSAFE.getInt(next - 4);
    }

    private long nextLong() {
        next = next + 7 & -8L;
        next += 8;
        arguments++;
        return Raw.UNSAFE.getLong(next - 8);
    }

    private void directive(Matcher m) {
        char conversion = m.group(5).charAt(0);
        if (conversion == '%') {
            text.append('%');
            return;
        }
        String flags = m.group(1);
        int width = m.group(2).equals("*") ? nextInt() : m.group(2).isEmpty() ? 0 : Integer.parseInt(m.group(2));
        String dot = m.group(3);
        int precision = dot == null ? -1 : dot.equals("*") ? nextInt() : dot.isEmpty() ? 0 : Integer.parseInt(dot);
        if (width < 0) {
            flags += "-";
            width = -width;
        }
        boolean wide = m.group(4) != null && "ll l z j t".contains(m.group(4));
        String body = switch (conversion) {
            case 'd', 'i' -> {
                long value = wide ? nextLong() : nextInt();
                String digits = padded(Long.toString(value).replace("-", ""), precision);
                yield (value < 0 ? "-" : sign(flags)) + digits;
            }
            case 'u' -> padded(Long.toUnsignedString(unsigned(wide)), precision);
            case 'o' -> (flags.contains("#") ? "0" : "") + padded(Long.toOctalString(unsigned(wide)), precision);
            case 'x', 'X' -> {
                long value = unsigned(wide);
                String digits =
                        (flags.contains("#") && value != 0 ? "0x" : "") + padded(Long.toHexString(value), precision);
                yield conversion == 'X' ? digits.toUpperCase(Locale.ROOT) : digits;
            }
            case 'c' -> String.valueOf((char) (nextInt() & 0xFF));
            case 's' -> {
                String value = DeviceOutput.text(nextLong());
                yield precision >= 0 && precision < value.length() ? value.substring(0, precision) : value;
            }
            case 'p' -> "0x" + Long.toHexString(nextLong());
            case 'f', 'F', 'e', 'E', 'g', 'G', 'a', 'A' ->
                number(Double.longBitsToDouble(nextLong()), conversion, flags, precision);
            default -> m.group();
        };
        boolean number = "diuoxXfFeEgG".indexOf(conversion) >= 0;
        pad(body, width, flags, number && (precision < 0 || "fFeEgG".indexOf(conversion) >= 0));
    }

    private long unsigned(boolean wide) {
        return wide ? nextLong() : nextInt() & 0xFFFF_FFFFL;
    }

    private static String sign(String flags) {
        return flags.contains("+") ? "+" : flags.contains(" ") ? " " : "";
    }

    private static String padded(String digits, int precision) {
        return "0".repeat(Math.max(0, precision - digits.length())) + digits;
    }

    private void pad(String body, int width, String flags, boolean zeros) {
        int missing = width - body.length();
        if (missing <= 0) {
            text.append(body);
        } else if (flags.contains("-")) {
            text.append(body).append(" ".repeat(missing));
        } else if (flags.contains("0") && zeros) {
            int digits = body.startsWith("-") || body.startsWith("+") || body.startsWith(" ") ? 1 : 0;
            text.append(body, 0, digits).append("0".repeat(missing)).append(body.substring(digits));
        } else {
            text.append(" ".repeat(missing)).append(body);
        }
    }

    private static String number(double value, char conversion, String flags, int given) {
        boolean upper = Character.isUpperCase(conversion);
        double magnitude = Math.abs(value);
        boolean negative = value < 0 || 1 / value < 0;
        String digits;
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            digits = Double.isNaN(value) ? "nan" : "inf";
        } else {
            int precision = given < 0 ? 6 : given;
            digits = switch (Character.toLowerCase(conversion)) {
                case 'f' -> fixed(magnitude, precision);
                case 'e' -> scientific(magnitude, precision);
                case 'a' -> Double.toHexString(magnitude);
                default -> general(magnitude, Math.max(1, precision), flags.contains("#"));
            };
        }
        String text = (negative ? "-" : sign(flags)) + digits;
        return upper ? text.toUpperCase(Locale.ROOT) : text;
    }

    /** The exact decimal expansion is rounded, half to even, as C libraries do. */
    private static String fixed(double value, int precision) {
        return new BigDecimal(value).setScale(precision, RoundingMode.HALF_EVEN).toPlainString();
    }

    private static String scientific(double value, int precision) {
        if (value == 0) {
            return fixed(0, precision) + "e+00";
        }
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(precision + 1, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        String digits = rounded.scaleByPowerOfTen(-exponent)
                .setScale(precision, RoundingMode.HALF_EVEN)
                .toPlainString();
        return digits + (exponent < 0 ? "e-" : "e+") + padded(Integer.toString(Math.abs(exponent)), 2);
    }

    private static String general(double value, int precision, boolean all) {
        String scientific = scientific(value, precision - 1);
        int e = scientific.indexOf('e');
        int exponent = Integer.parseInt(scientific.substring(e + 1));
        if (exponent >= -4 && exponent < precision) {
            String digits = fixed(value, precision - 1 - exponent);
            return all ? digits : stripped(digits);
        }
        return all ? scientific : stripped(scientific.substring(0, e)) + scientific.substring(e);
    }

    private static String stripped(String digits) {
        return digits.contains(".") ? digits.replaceAll("0+$", "").replaceAll("\\.$", "") : digits;
    }
}
