package tandem.kernels.translate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tandem.kernels.ptx.PtxEntry;
import tandem.kernels.ptx.PtxVariable;

/**
 * Where the variables of an entry lie in shared or local memory. In checked mode there is a gap behind each, so that an
 * access past the end of one does not reach the next.
 *
 * @param variables in order
 * @param starts offset of each in bytes
 * @param bytes size of the whole, a multiple of 16 for local memory
 */
record MemoryLayout(List<PtxVariable> variables, List<Integer> starts, int bytes) {

    private static final int GAP = 64;
    private static final Pattern MANGLED = Pattern.compile("_ZZ.*?E(\\d+)([A-Za-z_]\\w*)");

    static MemoryLayout of(PtxEntry entry, String space, Mode mode) {
        // Arrays of open size lie behind all others, at one address.
        List<PtxVariable> variables = entry.variables().stream()
                .filter(variable -> variable.space().equals(space))
                .sorted(Comparator.comparing(variable -> variable.bytes() == 0))
                .map(variable -> variable.bytes() == 0 ? variable.withBytes(entry.dynamicSharedBytes()) : variable)
                .toList();
        Set<String> open = entry.variables().stream()
                .filter(variable -> variable.bytes() == 0)
                .map(PtxVariable::name)
                .collect(Collectors.toSet());
        Map<String, Long> offsets = entry.layout(space);
        long bytes = space.equals("shared") ? entry.sharedBytes() : entry.localBytes();
        List<Integer> starts = new ArrayList<>();
        long end = 0;
        for (PtxVariable variable : variables) {
            long start = offsets.get(variable.name());
            if (mode != Mode.FAST) {
                boolean isOpen = open.contains(variable.name());
                int alignment = isOpen ? PtxEntry.OPEN_ALIGNMENT : variable.alignment();
                start = (end + alignment - 1) / alignment * alignment;
                end = isOpen ? end : start + variable.bytes() + GAP;
                bytes = Math.max(bytes, start + variable.bytes() + GAP);
            }
            starts.add(Math.toIntExact(start));
        }
        return new MemoryLayout(
                variables, starts, Math.toIntExact(space.equals("local") ? (bytes + 15) & -16L : bytes));
    }

    /** The offset of each variable by name. */
    Map<String, Long> offsets() {
        Map<String, Long> offsets = new LinkedHashMap<>();
        for (int i = 0; i < variables.size(); i++) {
            offsets.put(variables.get(i).name(), (long) starts.get(i));
        }
        return offsets;
    }

    /** The variable that has all those bytes, or -1. */
    int find(long offset, int length) {
        for (int i = 0; i < starts.size(); i++) {
            if (offset >= starts.get(i)
                    && offset + length <= starts.get(i) + variables.get(i).bytes()) {
                return i;
            }
        }
        return -1;
    }

    /** The bytes that the variables take without gaps. */
    long ownBytes() {
        return variables.stream().mapToLong(PtxVariable::bytes).sum();
    }

    /** The name of a variable in the source: the last part of a mangled name. */
    static String sourceName(String name) {
        Matcher mangled = MANGLED.matcher(name);
        if (mangled.lookingAt()) {
            int length = Integer.parseInt(mangled.group(1));
            return length <= mangled.group(2).length() ? mangled.group(2).substring(0, length) : name;
        }
        return name;
    }

    /** Describes an offset that is in no variable. */
    String describe(long offset) {
        String nearest = "";
        long distance = Long.MAX_VALUE;
        for (int i = 0; i < starts.size(); i++) {
            String name = " variable '" + sourceName(variables.get(i).name()) + "' ("
                    + variables.get(i).bytes() + " bytes)";
            long end = starts.get(i) + variables.get(i).bytes();
            if (offset >= end && offset - end < distance) {
                distance = offset - end;
                nearest = distance + " bytes behind the end of" + name;
            } else if (offset < starts.get(i) && starts.get(i) - offset < distance) {
                distance = starts.get(i) - offset;
                nearest = distance + " bytes before the start of" + name;
            } else if (offset >= starts.get(i) && offset < end) {
                distance = 0;
                nearest = "across the end of" + name;
            }
        }
        return nearest;
    }
}
