package tandem.kernels.translate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import tandem.kernels.Grid;
import tandem.kernels.Texture;
import tandem.kernels.ptx.PtxModule;

/**
 * A file of the instruction corpus: its PTX, and from the comments at its head the inputs and the outputs that the ISA
 * prescribes. Every value is in hexadecimal and takes a slot of 8 bytes.
 */
record CorpusFile(
        String name,
        String text,
        int threads,
        List<long[]> inputs,
        long[] data,
        List<String> textures,
        List<Row> rows) {

    /**
     * What one row of the file must give.
     *
     * @param label the form and what is done with it
     * @param relative tolerated error relative to the expected value; 0 with {@code absolute} 0 for exact rows
     * @param absolute tolerated error; either may be met
     */
    record Row(String label, double relative, double absolute, long[] expected) {
        /** Whether {@code actual} is right where {@code expected} is, within the row's tolerance. */
        boolean agrees(long expected, long actual) {
            boolean single = label.contains("f32") && !label.contains("f64");
            if (expected == actual) {
                return true;
            }
            double wanted = single ? Float.intBitsToFloat((int) expected) : Double.longBitsToDouble(expected);
            double got = single ? Float.intBitsToFloat((int) actual) : Double.longBitsToDouble(actual);
            boolean isFloat = label.contains(".f32") || label.contains(".f64");
            if (isFloat && expected != 0 && wanted != wanted) {
                // A NaN's payload is left to the machine.
                return got != got;
            }
            if (relative == 0 && absolute == 0 || Double.isInfinite(wanted) || Double.isInfinite(got) || got != got) {
                return false;
            }
            return Math.abs(got - wanted) <= Math.max(absolute, relative * Math.abs(wanted));
        }
    }

    /** All files of the corpus. */
    static List<CorpusFile> all() {
        try {
            Path folder = Path.of(
                    CorpusFile.class.getResource("/tandem/kernels/corpus").toURI());
            try (Stream<Path> files = Files.list(folder)) {
                return files.filter(file -> file.toString().endsWith(".ptx"))
                        .sorted()
                        .map(CorpusFile::read)
                        .toList();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static CorpusFile read(Path file) {
        try {
            String text = Files.readString(file);
            int threads = 0;
            List<long[]> inputs = new ArrayList<>();
            long[] data = new long[0];
            List<String> textures = new ArrayList<>();
            List<Row> rows = new ArrayList<>();
            for (String line : text.split("\n")) {
                int colon = line.lastIndexOf(": ");
                if (line.startsWith("// threads ")) {
                    threads = Integer.parseInt(line.substring(11).strip());
                } else if (line.startsWith("// in ")) {
                    inputs.add(numbers(line.substring(colon + 2)));
                } else if (line.startsWith("// data: ")) {
                    data = numbers(line.substring(colon + 2));
                } else if (line.startsWith("// texture ")) {
                    textures.add(line.substring(11));
                } else if (line.startsWith("// out ")) {
                    String label = line.substring(7, colon);
                    rows.add(new Row(
                            label,
                            tolerance(label, "rel"),
                            tolerance(label, "abs"),
                            numbers(line.substring(colon + 2))));
                }
            }
            return new CorpusFile(file.getFileName().toString(), text, threads, inputs, data, textures, rows);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long[] numbers(String text) {
        return Arrays.stream(text.strip().split(" "))
                .mapToLong(word -> Long.parseUnsignedLong(word, 16))
                .toArray();
    }

    private static double tolerance(String label, String kind) {
        List<String> words = List.of(label.split(" "));
        int at = words.indexOf(kind);
        return at < 0 ? 0 : Double.parseDouble(words.get(at + 1));
    }

    /** The same file with other inputs; its outputs are then unknown. */
    CorpusFile with(List<long[]> others) {
        return new CorpusFile(name, text, threads, others, data, textures, rows);
    }

    /** The type of each input, as the head of the file names it. */
    List<String> types() {
        return text.lines()
                .filter(line -> line.startsWith("// in "))
                .map(line -> line.substring(6, line.indexOf(':')))
                .toList();
    }

    PtxModule module() {
        return PtxModule.parse(name, text);
    }

    /** The file without the lines of that instruction; null when it has none. */
    CorpusFile without(String instruction) {
        String wanted = instruction.replaceAll("\\s", "");
        StringBuilder kept = new StringBuilder();
        for (String line : text.split("\n")) {
            if (!line.replaceAll("\\s", "").equals(wanted + ";")) {
                kept.append(line).append('\n');
            }
        }
        return kept.length() >= text.length()
                ? null
                : new CorpusFile(name, kept.toString(), threads, inputs, data, textures, rows);
    }

    /** Runs the file and gives the rows it wrote. */
    long[][] run(Mode mode) {
        HostKernel kernel = Translator.translate(module(), "corpus", mode);
        MemoryMap memory = new MemoryMap();
        NativeArray out = new NativeArray(8 * threads * rows.size());
        NativeArray scratch = new NativeArray(64 * threads);
        NativeArray packed = new NativeArray(kernel.entry().parameterBytes());
        ByteBuffer parameters = packed.bytes();
        List<NativeArray> arrays = new ArrayList<>();
        for (long[] input : inputs) {
            NativeArray array = new NativeArray(8 * threads);
            array.bytes().asLongBuffer().put(input);
            arrays.add(array);
        }
        arrays.add(out);
        arrays.add(scratch);
        for (int i = 0; i < arrays.size(); i++) {
            parameters.putLong(8 * i, arrays.get(i).address());
            memory.add(
                    "parameter " + i,
                    arrays.get(i).address(),
                    arrays.get(i).bytes().capacity(),
                    i < inputs.size());
        }
        List<Texture> opened = new ArrayList<>();
        for (String spec : textures) {
            NativeArray elements = new NativeArray((spec.length() - spec.lastIndexOf(' ') - 1) / 2);
            arrays.add(elements);
            opened.add(texture(spec, elements));
        }
        int next = inputs.size() + 2;
        for (int i = 0; i < opened.size(); i++) {
            parameters.putLong(
                    kernel.entry().parameters().get(next + i).offset(),
                    opened.get(i).handle());
        }
        if (data.length > 0) {
            int offset = kernel.entry().parameters().get(next + textures.size()).offset();
            for (int i = 0; i < data.length; i++) {
                parameters.putLong(offset + 8 * i, data[i]);
            }
        }
        if (mode == Mode.FAST) {
            kernel.run(Grid.of(1, threads), packed.address(), 0, 1);
        } else {
            kernel.run(Grid.of(1, threads), packed.address(), 0, 1, memory);
        }
        opened.forEach(Texture::close);
        long[][] results = new long[rows.size()][threads];
        for (int row = 0; row < rows.size(); row++) {
            out.bytes().asLongBuffer().get(threads * row, results[row]);
        }
        return results;
    }

    /** Geometry, width, height, depth, channel, channels, addressing, filtering, two flags, and the bytes. */
    private static Texture texture(String spec, NativeArray elements) {
        String[] words = spec.replace(":", "").split(" ");
        for (int i = 0; i < elements.bytes().capacity(); i++) {
            elements.bytes().put(i, (byte) Integer.parseInt(words[10].substring(2 * i, 2 * i + 2), 16));
        }
        Texture.Shape shape = new Texture.Shape(
                Texture.Geometry.valueOf(words[0]),
                Integer.parseInt(words[1]),
                Integer.parseInt(words[2]),
                Integer.parseInt(words[3]),
                Texture.Channel.valueOf(words[4]),
                Integer.parseInt(words[5]));
        return Texture.of(
                shape,
                new Texture.Sampling(
                        Texture.Addressing.valueOf(words[6]),
                        Texture.Filtering.valueOf(words[7]),
                        words[8].equals("true"),
                        words[9].equals("true")),
                elements.address(),
                (long) shape.width() * shape.elementBytes());
    }

    @Override
    public String toString() {
        return name;
    }
}
