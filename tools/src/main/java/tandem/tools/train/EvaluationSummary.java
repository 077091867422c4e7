package tandem.tools.train;

import java.io.PrintWriter;
import tandem.model.metrics.Evaluation;
import tandem.tools.verdict.Verdict;

/** An evaluation on the terminal: the verdict in sentences, then the figures. */
final class EvaluationSummary {

    private static final int COLUMNS = 100;

    private EvaluationSummary() {}

    /** Prints both. */
    static void print(PrintWriter out, Verdict verdict, Evaluation evaluation) {
        for (String line : verdict.lines()) {
            wrap(out, "- " + line);
        }
        out.println();
        Figures.print(out, evaluation);
    }

    /** Prints a text in lines of at most {@value #COLUMNS} characters, the later ones indented. */
    private static void wrap(PrintWriter out, String text) {
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ")) {
            if (line.length() + word.length() >= COLUMNS) {
                out.println(line);
                line = new StringBuilder(" ");
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        out.println(line);
    }
}
