package tandem.model.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import tandem.model.coco.CocoFile;

/**
 * Decides whether annotations with {@code iscrowd} are objects. In COCO they are groups of objects, which are ignored;
 * CVAT writes every mask that was made with its brush in this way. So they are objects in classes of which a file has
 * nothing else, unless an option decides it.
 */
final class CocoCrowds {

    private CocoCrowds() {}

    /** Number of crowds, and of all annotations of a class. */
    private static final class Count {
        private int crowds;
        private int all;
    }

    /**
     * The file with crowds turned into objects.
     *
     * @param option decides it for all classes
     * @param later receives what to report
     */
    static CocoFile apply(CocoFile file, Optional<ReadingOptions.Crowds> option, Consumer<Consumer<BadFiles>> later) {
        boolean own = !file.annotates().isEmpty(); // written by tandem convert: crowds are ignored pixels
        if (option.equals(Optional.of(ReadingOptions.Crowds.IGNORE))
                || option.isEmpty() && own
                || file.items().stream().noneMatch(CocoFile.Item::crowd)) {
            return file;
        }
        Map<Long, Count> counts = new HashMap<>();
        for (CocoFile.Item item : file.items()) {
            Count count = counts.computeIfAbsent(item.category(), key -> new Count());
            count.crowds += item.crowd() ? 1 : 0;
            count.all++;
        }
        boolean objects = option.isPresent();
        List<CocoFile.Item> items = new ArrayList<>();
        TreeSet<String> doubtful = new TreeSet<>();
        for (CocoFile.Item item : file.items()) {
            Count count = counts.get(item.category());
            boolean turn = item.crowd() && (objects || count.crowds == count.all);
            items.add(turn ? item.withCrowd(false) : item);
            if (turn && !objects) {
                String what = "annotations with iscrowd 1 belong to classes that have no others, and were read as"
                        + " objects; --crowds ignore ignores them";
                later.accept(bad -> bad.notice(file.file(), what, name(file, item)));
            } else if (item.crowd() && 2 * count.crowds > count.all) {
                doubtful.add(name(file, item));
            }
        }
        for (String name : doubtful) {
            later.accept(bad -> bad.notice(
                    file.file(),
                    "classes have more annotations with iscrowd 1, which are ignored, than others; --crowds objects reads"
                            + " them as objects",
                    name));
        }
        return file.withItems(items);
    }

    private static String name(CocoFile file, CocoFile.Item item) {
        return file.categories().stream()
                .filter(category -> category.id() == item.category())
                .map(CocoFile.Category::name)
                .findFirst()
                .orElse("category " + item.category());
    }
}
