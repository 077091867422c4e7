package tandem.tools.kernel;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tandem.kernels.ptx.PtxEntry;
import tandem.kernels.ptx.PtxException;
import tandem.kernels.ptx.PtxModule;
import tandem.tools.InputException;

/** Finds the entry that a user means. */
final class EntryChoice {

    private EntryChoice() {}

    /**
     * The entry with that PTX name, or that C++ name with or without template arguments.
     *
     * @param name null when there should be one only
     * @throws PtxException when the entry is there but could not be read
     */
    static PtxEntry of(PtxModule module, String name) {
        List<PtxEntry> entries = module.entries();
        if (entries.isEmpty()) {
            throw new InputException(module.file() + " has no entries (__global__ functions)");
        }
        PtxException refused = refused(module, name);
        if (refused != null && entries.stream().noneMatch(entry -> matches(entry.name(), name))) {
            throw refused;
        }
        if (name == null) {
            if (entries.size() == 1) {
                return entries.get(0);
            }
            throw new InputException(
                    "--entry: " + module.file() + " has " + entries.size() + " entries, choose one: " + names(entries));
        }
        for (PtxEntry entry : entries) {
            if (entry.name().equals(name)) {
                return entry;
            }
        }
        List<PtxEntry> found =
                entries.stream().filter(entry -> matches(entry.name(), name)).toList();
        if (found.size() == 1) {
            return found.get(0);
        }
        if (found.size() > 1) {
            throw new InputException("--entry " + name + " may be " + names(found));
        }
        List<PtxEntry> nearest = entries.stream()
                .sorted(Comparator.comparingInt(entry ->
                        CppName.of(entry.name()).contains(name) ? 0 : 1 + distance(CppName.of(entry.name()), name)))
                .limit(5)
                .toList();
        throw new InputException("--entry: " + module.file() + " has no entry '" + name + "'; the nearest names are "
                + names(nearest) + " (of " + entries.size() + ")");
    }

    /** Why the entry that is meant could not be read; null when it could, or is not there. */
    private static PtxException refused(PtxModule module, String name) {
        for (Map.Entry<String, PtxException> entry : module.refused().entrySet()) {
            if (entry.getKey().equals(name) || matches(entry.getKey(), name)) {
                return entry.getValue();
            }
        }
        return null;
    }

    private static boolean matches(String entry, String name) {
        if (name == null) {
            return false;
        }
        String full = plain(CppName.of(entry));
        String bare = full.replaceFirst("<.*", "");
        String wanted = plain(name);
        return full.equals(wanted) || bare.equals(wanted) || bare.endsWith("::" + wanted);
    }

    /** Without spaces and suffixes of numbers such as {@code 256u}. */
    private static String plain(String name) {
        return name.replace(" ", "").replaceAll("\\b(\\d+)[ul]+\\b", "$1");
    }

    private static String names(List<PtxEntry> entries) {
        return String.join(
                " ", entries.stream().map(entry -> CppName.of(entry.name())).toList());
    }

    /** Levenshtein distance, regardless of case. */
    static int distance(String left, String right) {
        String a = left.toLowerCase(Locale.ROOT);
        String b = right.toLowerCase(Locale.ROOT);
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
