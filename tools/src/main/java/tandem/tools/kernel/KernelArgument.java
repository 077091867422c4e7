package tandem.tools.kernel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tandem.tools.InputException;

/** An argument of {@code kernels run}. */
sealed interface KernelArgument
        permits KernelArgument.Scalar,
                KernelArgument.Same,
                KernelArgument.Struct,
                KernelArgument.Array,
                TextureArgument {

    /** Syntax of an argument, for help and error messages. */
    String SYNTAX =
            "TYPE:NUMBER, TYPE[COUNT]=zeros|ones|iota|uniform|normal|constant:NUMBER|N,N,...|FILE.npy|FILE, same:ARGUMENT,"
                    + " {MEMBER;MEMBER;...} for a structure (an array in it is a pointer), or texture:TYPE[WIDTHxHEIGHT],..., such as i32:5 or"
                    + " f32[1024]=normal";

    /** The text on the command line. */
    String text();

    /** Type of the number, or of an element. */
    ElementType type();

    /** A number passed by value. */
    record Scalar(String text, ElementType type, String value) implements KernelArgument {
        /** Its bytes. */
        ByteBuffer bytes() {
            ByteBuffer buffer = ByteBuffer.allocateDirect(type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
            type.put(buffer, 0, value);
            return buffer;
        }
    }

    /** The address of the buffer of an earlier array argument, by its number from 1. */
    record Same(String text, int number) implements KernelArgument {
        @Override
        public ElementType type() {
            return ElementType.U64;
        }
    }

    /** A structure passed by value; its members are numbers and arrays, laid out as in C. */
    record Struct(String text, List<KernelArgument> members) implements KernelArgument {

        @Override
        public ElementType type() {
            return ElementType.U8;
        }

        /** Offsets of the members, and behind them the size of the whole, in bytes. */
        int[] layout() {
            int[] offsets = new int[members.size() + 1];
            int end = 0;
            int alignment = 1;
            for (int i = 0; i < members.size(); i++) {
                int bytes = size(members.get(i));
                alignment = Math.max(alignment, bytes);
                offsets[i] = (end + bytes - 1) / bytes * bytes;
                end = offsets[i] + bytes;
            }
            offsets[members.size()] = (end + alignment - 1) / alignment * alignment;
            return offsets;
        }

        private static int size(KernelArgument member) {
            return member instanceof Scalar scalar ? scalar.type().bytes() : Long.BYTES;
        }
    }

    /** Memory passed by its address. */
    record Array(String text, ElementType type, int count, String fill) implements KernelArgument {

        /** Its size in bytes. */
        int bytes() {
            return Math.multiplyExact(count, type.bytes());
        }

        /** Whether it is initialized before the launch. */
        boolean isInitialized() {
            return !fill.isEmpty();
        }

        /** Its contents before the launch. */
        ByteBuffer contents(SplittableRandom random) throws IOException {
            ByteBuffer buffer = ByteBuffer.allocateDirect(bytes()).order(ByteOrder.LITTLE_ENDIAN);
            switch (fill) {
                case "", "zeros" -> {}
                case "ones" -> fill(buffer, index -> 1);
                case "iota" -> fill(buffer, index -> index);
                case "normal" -> fill(buffer, index -> random.nextGaussian());
                case "random", "uniform" ->
                    fill(buffer, index -> type.isFloat() ? random.nextDouble() * 2 - 1 : random.nextInt(128));
                default -> {
                    if (fill.endsWith(".npy")) {
                        NpyFile file = NpyFile.read(Path.of(fill));
                        if (file.type() != type || file.count() != count) {
                            throw new InputException("--arg " + text + ": " + fill + " has shape " + file.shape()
                                    + " of " + file.type() + ", not " + count + " of " + type);
                        }
                        buffer.put(0, file.data(), 0, file.data().capacity());
                    } else if (fill.startsWith("constant:")) {
                        for (int i = 0; i < count; i++) {
                            type.put(buffer, i * type.bytes(), fill.substring(9).strip());
                        }
                    } else if (Files.isRegularFile(Path.of(fill))) {
                        read(Path.of(fill), buffer);
                    } else {
                        list(buffer);
                    }
                }
            }
            return buffer;
        }

        private interface ValueAt {
            double of(int index);
        }

        private void fill(ByteBuffer buffer, ValueAt value) {
            for (int i = 0; i < count; i++) {
                type.put(buffer, i * type.bytes(), value.of(i));
            }
        }

        private void read(Path file, ByteBuffer buffer) throws IOException {
            if (Files.size(file) != buffer.capacity()) {
                throw new InputException("--arg " + text + ": " + file + " has " + Files.size(file) + " bytes, but "
                        + count + " of " + type + " are " + buffer.capacity());
            }
            buffer.put(0, Files.readAllBytes(file));
        }

        private void list(ByteBuffer buffer) {
            String[] numbers = fill.split(",", -1);
            if (!fill.matches("[-+0-9.,eExXa-fA-FinyNIty ]*")) {
                throw new InputException("--arg " + text + ": there is no file " + fill + "; write " + SYNTAX);
            }
            if (numbers.length != count) {
                throw new InputException(
                        "--arg " + text + ": gives " + numbers.length + " numbers for " + count + " elements");
            }
            for (int i = 0; i < count; i++) {
                type.put(buffer, i * type.bytes(), numbers[i].strip());
            }
        }
    }

    /** Parses the text on the command line. */
    static KernelArgument parse(String text) {
        if (text.matches("same:\\d{1,3}")) {
            return new Same(text, Integer.parseInt(text.substring(5)));
        }
        if (text.startsWith("{") && text.endsWith("}") && text.length() > 2) {
            List<KernelArgument> members = Arrays.stream(
                            text.substring(1, text.length() - 1).split(";"))
                    .map(member -> parse(member.strip()))
                    .toList();
            if (members.stream().anyMatch(member -> !(member instanceof Scalar) && !(member instanceof Array))) {
                throw new InputException("--arg " + text + ": the members of a structure are numbers and arrays");
            }
            return new Struct(text, members);
        }
        if (text.startsWith("texture:")) {
            return TextureArgument.parse(text);
        }
        Matcher scalar = Pattern.compile("(\\w+):(.+)").matcher(text);
        if (scalar.matches()) {
            Scalar argument = new Scalar(
                    text, ElementType.of(scalar.group(1)), scalar.group(2).strip());
            argument.bytes();
            return argument;
        }
        Matcher array = Pattern.compile("(\\w+)\\[(\\d{1,10})\\](?:=(.+))?").matcher(text);
        if (array.matches()) {
            ElementType type = ElementType.of(array.group(1));
            long count = Long.parseLong(array.group(2));
            if (count < 1 || count * type.bytes() > 1L << 30) {
                throw new InputException("--arg " + text + ": an array has at least one element and at most 1 GiB");
            }
            return new Array(
                    text,
                    type,
                    (int) count,
                    array.group(3) == null ? "" : array.group(3).strip());
        }
        throw new InputException("--arg " + text + " is not valid; expected " + SYNTAX);
    }
}
