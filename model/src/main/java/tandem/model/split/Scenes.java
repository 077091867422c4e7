package tandem.model.split;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tandem.model.audit.SimilarImages;

/** Images grouped so that similar ones are in one group, directly or through others. */
final class Scenes {

    private Scenes() {}

    /**
     * The groups, in the order of their first images.
     *
     * @param images number of images
     */
    static List<List<Integer>> of(int images, List<SimilarImages.Pair> pairs) {
        int[] parents = new int[images];
        for (int i = 0; i < images; i++) {
            parents[i] = i;
        }
        for (SimilarImages.Pair pair : pairs) {
            int a = root(parents, pair.a());
            int b = root(parents, pair.b());
            parents[Math.max(a, b)] = Math.min(a, b);
        }
        Map<Integer, List<Integer>> groups = new LinkedHashMap<>();
        for (int i = 0; i < images; i++) {
            groups.computeIfAbsent(root(parents, i), root -> new ArrayList<>()).add(i);
        }
        return List.copyOf(groups.values());
    }

    private static int root(int[] parents, int image) {
        int root = image;
        while (parents[root] != root) {
            parents[root] = parents[parents[root]];
            root = parents[root];
        }
        return root;
    }
}
