package tandem.tools.train;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tandem.model.recipe.Choice;
import tandem.model.recipe.TrainingRecipe;
import tandem.tools.JsonFile;

/** The choices of a run, in a file of its output folder, so that a resumed run reports them too. */
final class RecipeFile {

    /** Its name. */
    static final String NAME = "recipe.json";

    private static final JsonMapper JSON = new JsonMapper();

    private RecipeFile() {}

    /** Writes the choices. */
    static void write(Path folder, TrainingRecipe recipe) throws IOException {
        JsonFile.write(folder.resolve(NAME), JSON.valueToTree(recipe.choices()));
    }

    /** Reads the choices; empty when there is no file. */
    static List<Choice> read(Path folder) throws IOException {
        Path file = folder.resolve(NAME);
        return Files.exists(file) ? JSON.readValue(Files.readString(file), new TypeReference<>() {}) : List.of();
    }
}
