package tandem.model.split;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Divides groups of images so that each label has nearly the same share on both sides: iterative stratification
 * (Sechidis, Tsoumakas and Vlahavas, On the stratification of multi-label data, ECML PKDD 2011) of groups that stay
 * together. Labels with the fewest groups come first. A label of two or more groups is on both sides; one of a single
 * group is in training.
 */
final class Stratification {

    /** A label that every image has. */
    private static final String ANY = "images";

    private final double share;
    private final List<Map<String, Integer>> groups = new ArrayList<>();
    private final Map<String, Quota> quotas = new LinkedHashMap<>();
    private final List<Integer> order = new ArrayList<>();

    /** The numbers of images of one label. */
    private static final class Quota {
        private int images;
        private int groups;
        private int held;
        private int trained;
        private int wanted;

        /** How many more images the held-out part needs than the training part; positive when it needs more. */
        private int preference() {
            return wanted - held - (images - wanted - trained);
        }
    }

    /**
     * @param images the labels of each image
     * @param scenes the images of each group
     * @param share of the images that are held out, in (0, 1)
     */
    Stratification(List<Set<String>> images, List<List<Integer>> scenes, double share, long seed) {
        this.share = share;
        for (List<Integer> scene : scenes) {
            Map<String, Integer> counts = new LinkedHashMap<>();
            for (int image : scene) {
                images.get(image).forEach(label -> counts.merge(label, 1, Integer::sum));
            }
            counts.put(ANY, scene.size());
            order.add(groups.size());
            groups.add(counts);
        }
        Collections.shuffle(order, new Random(seed));
        order.sort(Comparator.comparingInt((Integer group) -> groups.get(group).get(ANY))
                .reversed());
        groups.forEach(counts -> counts.forEach((label, count) -> {
            Quota quota = quotas.computeIfAbsent(label, any -> new Quota());
            quota.images += count;
            quota.groups++;
        }));
        quotas.values().forEach(this::set);
    }

    private void set(Quota quota) {
        quota.wanted =
                quota.groups < 2 ? 0 : Math.max(1, Math.min(quota.images - 1, (int) Math.round(share * quota.images)));
    }

    /** The groups that are held out. */
    Set<Integer> heldOut() {
        Set<Integer> held = new LinkedHashSet<>();
        Set<Integer> left = new LinkedHashSet<>(order);
        while (!left.isEmpty()) {
            String label = rarest(left);
            List<Integer> members = left.stream()
                    .filter(group -> groups.get(group).containsKey(label))
                    .toList();
            for (int group : members) {
                if (holdsOut(label, group)) {
                    held.add(group);
                }
                boolean out = held.contains(group);
                groups.get(group).forEach((each, count) -> {
                    Quota quota = quotas.get(each);
                    quota.held += out ? count : 0;
                    quota.trained += out ? 0 : count;
                });
                left.remove(group);
            }
        }
        return held;
    }

    /** The label with the fewest groups left; the one of all images last. */
    private String rarest(Set<Integer> left) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        quotas.keySet().forEach(label -> counts.put(label, 0));
        left.forEach(group -> groups.get(group).keySet().forEach(label -> counts.merge(label, 1, Integer::sum)));
        return counts.entrySet().stream()
                .filter(entry -> entry.getValue() > 0 && !entry.getKey().equals(ANY))
                .min(Map.Entry.comparingByValue())
                .map(Map.Entry::getKey)
                .orElse(ANY);
    }

    /** Whether a group is held out, which leaves at least one image of each of its labels in training. */
    private boolean holdsOut(String label, int group) {
        Quota quota = quotas.get(label);
        boolean takesTheLast = groups.get(group).entrySet().stream()
                .anyMatch(entry ->
                        quotas.get(entry.getKey()).held + entry.getValue() >= quotas.get(entry.getKey()).images);
        if (takesTheLast || quota.held >= quota.wanted) {
            return false;
        }
        int preference = quota.preference();
        return preference != 0 ? preference > 0 : quotas.get(ANY).preference() > 0;
    }
}
