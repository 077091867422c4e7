package tandem.model.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * The images of the selected lists, to be read into a data set.
 *
 * @param parts one for each list
 */
record ListedImages(List<Part> parts) {

    /**
     * One list.
     *
     * @param name its name
     * @param uses the annotations that are used
     * @param ids its images, each once
     * @param file its file, for errors
     */
    record Part(String name, Annotation uses, List<String> ids, Path file) {}

    /** The required annotations of each image: the maximum over all lists. */
    Map<String, SampleReader.Wanted> wanted() {
        Map<String, SampleReader.Wanted> wanted = new LinkedHashMap<>();
        for (Part part : parts) {
            for (String id : part.ids) {
                wanted.merge(id, SampleReader.Wanted.of(part.uses), SampleReader.Wanted::and);
            }
        }
        return wanted;
    }

    /**
     * Reads every image once, on all cores, in the order in which the lists name them.
     *
     * @throws DataException for the first bad file, unless {@code bad} skips them; and for a list in which no image is
     *     left
     */
    DataSet read(
            String name,
            List<String> boxClasses,
            List<String> maskClasses,
            BadFiles bad,
            BiFunction<String, SampleReader.Wanted, SampleReader.Result> reader) {
        List<SampleReader.Result> results = List.copyOf(wanted().entrySet()).parallelStream()
                .map(entry -> reader.apply(entry.getKey(), entry.getValue()))
                .toList();
        bad.found(results.stream()
                .filter(result -> result.bad() != null)
                .map(SampleReader.Result::bad)
                .toList());
        List<Sample> samples = new ArrayList<>();
        Map<String, Integer> index = new LinkedHashMap<>();
        for (SampleReader.Result result : results) {
            if (result.bad() == null) {
                index.put(result.sample().id(), samples.size());
                samples.add(result.sample());
            }
        }
        List<DataSet.Source> sources = new ArrayList<>();
        for (Part part : parts) {
            List<Integer> members =
                    part.ids.stream().filter(index::containsKey).map(index::get).toList();
            if (members.isEmpty()) {
                throw new DataException(
                        part.file,
                        "has no usable image left, as each of its files is absent or bad"
                                + results.stream()
                                        .filter(result -> result.bad() != null)
                                        .findFirst()
                                        .map(result ->
                                                "; the first: " + result.bad().getMessage())
                                        .orElse(""),
                        "correct the skipped files");
            }
            sources.add(new DataSet.Source(part.name, part.uses, members));
        }
        return new DataSet(name, boxClasses, maskClasses, samples, sources);
    }
}
