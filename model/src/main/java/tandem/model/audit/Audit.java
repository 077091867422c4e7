package tandem.model.audit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import tandem.model.data.Annotation;
import tandem.model.data.BadFiles;
import tandem.model.data.DataException;
import tandem.model.data.DataReader;
import tandem.model.data.DataSet;
import tandem.model.data.DataSummary;
import tandem.model.data.ImageLists;
import tandem.model.data.Sample;
import tandem.model.data.SampleBits;

/** Checks a data set: reads everything once, on all cores, and continues after broken files. */
public final class Audit {

    private static final String[] FLIPS = {"as it is", "mirrored", "upside down", "mirrored and upside down"};

    private Audit() {}

    /** Receives the progress; called by several threads at a time. */
    @FunctionalInterface
    public interface Progress {
        /**
         * Receives the progress.
         *
         * @param done number of images done
         * @param total number of all images
         */
        void update(int done, int total);
    }

    /**
     * Runs the audit.
     *
     * @param lists training images and which annotation of each is used; empty for everything. Broken files, duplicates
     *     and contradictions are searched in every image of the data, with all its annotations.
     * @param held held-out lists; empty for those named {@code val} or {@code test}
     * @throws DataException when no image can be read
     */
    public static AuditResult run(DataReader reader, ImageLists lists, List<String> held, Progress progress) {
        return run(reader, lists, held, progress, training -> List.of());
    }

    /**
     * The same with further checks.
     *
     * @param checks further findings about the training images
     */
    public static AuditResult run(
            DataReader reader,
            ImageLists lists,
            List<String> held,
            Progress progress,
            Function<DataSet, List<Finding>> checks) {
        long began = System.nanoTime();
        BadFiles bad = BadFiles.skipUndecoded();
        BadFiles listed = BadFiles.skipUndecoded(); // its own, otherwise every irregularity would be counted twice
        Roles roles = Roles.of(reader, lists, held, listed); // first, so that a wrong name is reported at once
        DataSet all = reader.read("data", ImageLists.everything(), bad);
        DataSet training = lists.isEverything() ? all : reader.read("data", lists, listed);
        Optional<SampleBits> bits = SampleBits.of(all);
        List<ImageFacts> images = examine(all, SampleBits.of(bits), bad, progress);
        if (images.isEmpty()) {
            throw new DataException(
                    reader.root(),
                    "has no image that can be decoded",
                    "see the first: " + bad.lines().get(0));
        }
        Map<String, ImageFacts> facts = new LinkedHashMap<>();
        images.forEach(image -> facts.put(image.id(), image));
        Groups groups = new Groups(training, facts);
        Map<Annotation, Integer> sizes = new EnumMap<>(Annotation.class);
        groups.samples().forEach((annotation, samples) -> sizes.put(annotation, samples.size()));
        NearDuplicates.Found pairs =
                NearDuplicates.find(images.stream().map(ImageFacts::print).toList());
        List<AuditResult.Duplicate> duplicates = pairs.pairs().stream()
                .map(pair -> duplicate(pair, images, roles))
                .toList();
        Agreement agreement = Agreement.of(all, images);
        List<AuditResult.Difference> differences = groups.differences();

        List<Finding> findings = new ArrayList<>(roles.leaks());
        List<String> lines = Stream.concat(bad.lines().stream(), listed.lines().stream())
                .distinct()
                .toList();
        findings.addAll(0, LabelChecks.broken(reader.root(), lines));
        duplicates.forEach(pair -> findings.add(new Finding(Finding.Kind.NEAR_DUPLICATE, pair.one(), text(pair))));
        findings.addAll(new LabelChecks(all, images).findings());
        reader.similarClasses()
                .forEach(text -> findings.add(
                        new Finding(Finding.Kind.CLASS_NAMES, reader.root().toString(), text)));
        if (reader.hasVocCorners()) {
            LabelChecks.corners(reader.root(), images).ifPresent(findings::add);
        }
        bad.unusedFiles()
                .forEach((reason, files) ->
                        files.forEach(file -> findings.add(new Finding(Finding.Kind.UNUSED, file, reason))));
        bad.corrections()
                .forEach(line -> findings.add(new Finding(
                        Finding.Kind.ODDITY,
                        line.substring(0, line.indexOf(": ")),
                        line.substring(line.indexOf(": ") + 2))));
        findings.addAll(checks.apply(training));
        findings.sort(Comparator.comparing(Finding::kind));
        return new AuditResult(
                reader.root().toString(),
                images.size(),
                sizes,
                DataSummary.of(training),
                BoxStatistics.classes(training),
                BoxStatistics.statistics(images),
                differences,
                agreement,
                duplicates,
                bits.orElse(null),
                pairs.unseen(),
                findings,
                AuditRecommendation.from(training, groups.samples(), differences, agreement),
                (System.nanoTime() - began) / 1e9);
    }

    private static List<ImageFacts> examine(DataSet data, int sampleBits, BadFiles bad, Progress progress) {
        Examination examination = new Examination(data, sampleBits);
        ConcurrentLinkedQueue<DataException> broken = new ConcurrentLinkedQueue<>();
        AtomicInteger done = new AtomicInteger();
        List<ImageFacts> images = data.samples().parallelStream()
                .map(sample -> {
                    ImageFacts facts = examine(examination, sample, broken);
                    progress.update(done.incrementAndGet(), data.size());
                    return facts;
                })
                .filter(facts -> facts != null)
                .toList();
        bad.found(broken.stream()
                .sorted(Comparator.comparing(DataException::getMessage))
                .toList());
        return images;
    }

    private static ImageFacts examine(
            Examination examination, Sample sample, ConcurrentLinkedQueue<DataException> broken) {
        try {
            return examination.examine(sample);
        } catch (DataException e) {
            broken.add(e);
            return null;
        }
    }

    private static AuditResult.Duplicate duplicate(NearDuplicates.Pair pair, List<ImageFacts> images, Roles roles) {
        String one = images.get(pair.a()).id();
        String other = images.get(pair.b()).id();
        return new AuditResult.Duplicate(
                one,
                other,
                FLIPS[pair.flip()],
                pair.samePixels(),
                pair.whole(),
                pair.detail(),
                roles.crossing(one, other));
    }

    private static String text(AuditResult.Duplicate pair) {
        return (pair.samePixels() ? "is pixel by pixel the same as " : "looks the same as ")
                + pair.other()
                + (pair.flip().equals(FLIPS[0]) ? "" : ", " + pair.flip())
                + (pair.crossing().isEmpty() ? "" : "; they link " + pair.crossing());
    }
}
