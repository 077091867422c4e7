package tandem.kernels.ptx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The source line of each line of a PTX file, from the {@code .loc} and {@code .file} directives that nvcc writes with
 * {@code -lineinfo}. Code that was inlined from the headers of CUDA counts as the line that calls it.
 */
public final class SourceLines {

    private static final Pattern FILE = Pattern.compile("\\s*\\.file\\s+(\\d+)\\s+\"([^\"]*)\".*");
    private static final Pattern LOC = Pattern.compile(
            "\\s*\\.loc\\s+(\\d+)\\s+(\\d+)\\s+(\\d+)(?:.*inlined_at\\s+(\\d+)\\s+(\\d+)\\s+(\\d+))?.*");
    private static final Pattern TOOLKIT = Pattern.compile("(.*/)?(cuda|nvidia)[^/]*/(.*/)?include/.*");

    private static final int MAX_DEPTH = 64;

    /** A line of a source file. */
    public record Place(String file, int line) {}

    private record Loc(int file, int line, int column) {}

    private final Map<Integer, String> files = new HashMap<>();
    /** For each directive its place and those that it was inlined into, the innermost first. */
    private final TreeMap<Integer, List<Loc>> locations = new TreeMap<>();

    private final List<Place> places = new ArrayList<>();
    private final Map<Loc, Integer> numbers = new HashMap<>();

    private SourceLines(String ptx) {
        Map<Loc, List<Loc>> latest = new HashMap<>();
        int number = 0;
        for (String line : ptx.split("\n", -1)) {
            number++;
            Matcher match;
            if (line.contains(".loc") && (match = LOC.matcher(line)).matches()) {
                Loc loc = loc(match, 1);
                List<Loc> chain = new ArrayList<>(List.of(loc));
                if (match.group(4) != null) {
                    Loc caller = loc(match, 4);
                    List<Loc> outer = latest.getOrDefault(caller, List.of(caller));
                    chain.addAll(outer.subList(0, Math.min(outer.size(), MAX_DEPTH)));
                }
                latest.put(loc, chain);
                locations.put(number, chain);
            } else if (line.contains(".file") && (match = FILE.matcher(line)).matches()) {
                files.put(Integer.parseInt(match.group(1)), match.group(2));
            } else if (line.contains(".entry") || line.contains(".func")) {
                locations.put(number, List.of());
            }
        }
    }

    private static Loc loc(Matcher match, int group) {
        return new Loc(
                Integer.parseInt(match.group(group)),
                Integer.parseInt(match.group(group + 1)),
                Integer.parseInt(match.group(group + 2)));
    }

    /** Reads the directives of a PTX file. */
    public static SourceLines of(String ptx) {
        return new SourceLines(ptx);
    }

    /** The source line of a PTX line; null when it is not known. */
    public Place at(int ptxLine) {
        int number = number(ptxLine);
        return number == 0 ? null : places.get(number - 1);
    }

    /** The place of a number that {@link #number} returned. */
    public Place place(int number) {
        return places.get(number - 1);
    }

    /** A number for the source line of a PTX line, the same for the same line; 0 when it is not known. */
    public int number(int ptxLine) {
        Map.Entry<Integer, List<Loc>> entry = locations.floorEntry(ptxLine);
        Loc loc = null;
        for (Loc place : entry == null ? List.<Loc>of() : entry.getValue()) {
            loc = loc == null || isToolkit(loc) ? place : loc;
        }
        if (loc == null || loc.line() == 0 || !files.containsKey(loc.file())) {
            return 0;
        }
        Loc whole = new Loc(loc.file(), loc.line(), 0);
        return numbers.computeIfAbsent(whole, key -> {
            places.add(new Place(files.get(key.file()), key.line()));
            return places.size();
        });
    }

    private boolean isToolkit(Loc loc) {
        return TOOLKIT.matcher(files.getOrDefault(loc.file(), "")).matches();
    }
}
