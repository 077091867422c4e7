package tandem.tools.audit;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import tandem.model.audit.AuditResult;
import tandem.model.audit.Finding;
import tandem.tools.JsonFile;

/** {@code audit.json}: all results of an audit, the findings grouped by kind, each with its file. */
final class AuditFile {

    /** File name in the output folder. */
    static final String NAME = "audit.json";

    private static final JsonMapper JSON = new JsonMapper();

    private AuditFile() {}

    /** Writes a temporary file and renames it, so that a reader never reads a partial file. */
    static void write(Path folder, AuditResult result) throws IOException {
        ObjectNode json = JSON.valueToTree(result);
        ObjectNode kinds = JSON.createObjectNode();
        for (Finding.Kind kind : Finding.Kind.values()) {
            ObjectNode node =
                    kinds.putObject(kind.name().toLowerCase(Locale.ROOT).replace('_', '-'));
            node.put("title", kind.title())
                    .put("meaning", kind.meaning())
                    .put("count", result.findings(kind).size());
            result.findings(kind)
                    .forEach(finding -> node.withArray("files")
                            .addObject()
                            .put("file", finding.file())
                            .put("detail", finding.detail()));
        }
        json.set("findings", kinds);
        JsonFile.write(folder.resolve(NAME), json);
    }
}
