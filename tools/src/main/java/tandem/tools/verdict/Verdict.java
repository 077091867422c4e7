package tandem.tools.verdict;

import java.util.ArrayList;
import java.util.List;
import tandem.model.metrics.Evaluation;

/**
 * What an evaluation shows, in sentences. A pure function of its figures.
 *
 * @param statements in the order of reading
 */
public record Verdict(List<Statement> statements) {

    /**
     * Some sentences about one subject.
     *
     * @param subject such as {@code Boxes}
     */
    public record Statement(String subject, String text) {}

    /** Copies the list. */
    public Verdict {
        statements = List.copyOf(statements);
    }

    /** The verdict about an evaluation. */
    public static Verdict of(Evaluation evaluation) {
        return of(evaluation, List.of());
    }

    /**
     * The same after a training run.
     *
     * @param findings sentences about the training itself, such as that it learned nothing; may be empty
     */
    public static Verdict of(Evaluation evaluation, List<String> findings) {
        List<Statement> statements = new ArrayList<>();
        if (evaluation.boxes() != null) {
            statements.add(new Statement("Boxes", BoxSentences.of(evaluation.boxes())));
        }
        if (evaluation.masks() != null) {
            statements.add(new Statement("Masks", MaskSentences.of(evaluation.masks())));
        }
        if (statements.isEmpty()) {
            statements.add(new Statement(
                    "Result",
                    "None of the held-out images is annotated for a task of this network, so nothing was measured."));
        }
        if (!findings.isEmpty()) {
            statements.add(new Statement("Training", String.join(" ", findings)));
        }
        String size = SampleSize.of(evaluation);
        if (!size.isEmpty()) {
            statements.add(new Statement("Held-out images", size));
        }
        List<String> advice = Advice.of(evaluation);
        if (!advice.isEmpty()) {
            statements.add(new Statement("What to try", String.join(" ", advice)));
        }
        return new Verdict(statements);
    }

    /** One line for each statement. */
    public List<String> lines() {
        return statements.stream()
                .map(statement -> statement.subject() + ": " + statement.text())
                .toList();
    }
}
