package tandem.model.audit;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tandem.model.data.BadFiles;
import tandem.model.data.DataReader;
import tandem.model.data.ImageLists;

/**
 * Pairs of training lists and held-out lists.
 *
 * @param pairs pairs that must have no image in common
 */
record Roles(List<Pair> pairs) {

    /** A training list and a held-out list, with their images. */
    record Pair(String training, String held, Set<String> trained, Set<String> measured) {

        /** Whether one list contains {@code a} and the other contains {@code b}. */
        boolean links(String a, String b) {
            return trained.contains(a) && measured.contains(b) || trained.contains(b) && measured.contains(a);
        }

        String name() {
            return training + " and " + held;
        }
    }

    /**
     * The given lists; without any, {@code train...} and {@code val...} or {@code test...} of one folder.
     *
     * @param held the held-out lists
     */
    static Roles of(DataReader reader, ImageLists lists, List<String> held, BadFiles bad) {
        Map<String, Set<String>> images = new LinkedHashMap<>();
        List<Pair> pairs = new ArrayList<>();
        Set<String> training = new TreeSet<>();
        training.addAll(lists.boxes());
        training.addAll(lists.masks());
        training.addAll(lists.full());
        if (training.isEmpty() || held.isEmpty()) {
            List<String> there = reader.lists();
            for (String a : training.isEmpty() ? there : List.copyOf(training)) {
                for (String b : held.isEmpty() ? there : held) {
                    boolean named = !training.isEmpty() || !held.isEmpty();
                    if (isTraining(a) && isHeld(b) && (named || folder(a).equals(folder(b)))) {
                        pairs.add(pair(reader, a, b, images, bad));
                    }
                }
            }
        } else {
            training.forEach(a -> held.forEach(b -> pairs.add(pair(reader, a, b, images, bad))));
        }
        return new Roles(pairs);
    }

    private static Pair pair(DataReader reader, String a, String b, Map<String, Set<String>> images, BadFiles bad) {
        return new Pair(
                a,
                b,
                images.computeIfAbsent(a, list -> new HashSet<>(reader.images(list, bad))),
                images.computeIfAbsent(b, list -> new HashSet<>(reader.images(list, bad))));
    }

    private static String folder(String list) {
        return list.substring(0, list.lastIndexOf('/') + 1);
    }

    private static boolean isTraining(String list) {
        String name = list.substring(list.lastIndexOf('/') + 1);
        return name.startsWith("train") && !name.startsWith("trainval");
    }

    private static boolean isHeld(String list) {
        String name = list.substring(list.lastIndexOf('/') + 1);
        return name.startsWith("val") || name.startsWith("test");
    }

    /** Images in both lists of a pair. */
    List<Finding> leaks() {
        List<Finding> leaks = new ArrayList<>();
        for (Pair pair : pairs) {
            Set<String> shared = new TreeSet<>(pair.trained);
            shared.retainAll(pair.measured);
            shared.forEach(id -> leaks.add(new Finding(Finding.Kind.LEAK, id, "is in " + pair.name())));
        }
        return leaks;
    }

    /** The first pair of lists of which each contains one of two images; empty when there is none. */
    String crossing(String a, String b) {
        return pairs.stream()
                .filter(pair -> pair.links(a, b))
                .map(Pair::name)
                .findFirst()
                .orElse("");
    }
}
