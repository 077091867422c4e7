package tandem.layout;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Dependencies go one way: kernels, engine, model, tools, bench, each using only those before it, and no two packages
 * use each other, directly or through others. The rules see the main classes of all modules.
 */
class LayeringTest {

    private static final Set<String> MODULES = Set.of("kernels", "engine", "model", "tools", "bench");

    private static JavaClasses classes;

    @BeforeAll
    static void read() {
        // What classes outside Tandem look like does not matter here, and reading them takes most of the time.
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        classes = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("tandem");
    }

    @Test
    void seesTheClassesOfEveryModule() {
        Set<String> seen = new TreeSet<>();
        for (JavaClass type : classes) {
            seen.add(type.getPackageName().split("\\.")[1]);
        }
        assertEquals(new TreeSet<>(MODULES), seen);
    }

    @Test
    void aModuleUsesOnlyThoseBelowIt() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("tandem..")
                .layer("kernels")
                .definedBy("tandem.kernels..")
                .layer("engine")
                .definedBy("tandem.engine..")
                .layer("model")
                .definedBy("tandem.model..")
                .layer("tools")
                .definedBy("tandem.tools..")
                .layer("bench")
                .definedBy("tandem.bench..")
                .whereLayer("kernels")
                .mayNotAccessAnyLayer()
                .whereLayer("engine")
                .mayOnlyAccessLayers("kernels")
                .whereLayer("model")
                .mayOnlyAccessLayers("engine", "kernels")
                .whereLayer("tools")
                .mayOnlyAccessLayers("model", "engine", "kernels")
                .whereLayer("bench")
                .mayOnlyAccessLayers("tools", "model", "engine", "kernels")
                .because("dependencies go one way: kernels <- engine <- model <- tools <- bench. Move the class that is"
                        + " used down to the lowest module that needs it, or pass what is needed as an argument")
                .check(classes);
    }

    @Test
    void noPackagesUseEachOther() {
        slices().assignedFrom(new Packages())
                .should()
                .beFreeOfCycles()
                .because("packages that use each other can only be read together. Move the class that closes the circle"
                        + " into the package that it belongs to, or put an interface for it into the lower package")
                .check(classes);
    }

    /** The graph once used its operations for the backward pass, which made one unit of most of the engine. */
    @Test
    void nothingThatGraphUsesUsesGraph() {
        JavaClass graph = classes.get("tandem.engine.Graph");
        Set<JavaClass> used = new LinkedHashSet<>();
        Deque<JavaClass> open = new ArrayDeque<>(List.of(graph));
        while (!open.isEmpty()) {
            JavaClass user = open.remove();
            for (Dependency dependency : user.getDirectDependenciesFromSelf()) {
                JavaClass target = dependency.getTargetClass().getBaseComponentType();
                if (user != graph && !user.getName().startsWith(graph.getName() + "$")) {
                    assertNotEquals(graph, target, () -> "Graph uses what uses Graph: " + dependency.getDescription());
                }
                if (target.getPackageName().startsWith("tandem.engine") && used.add(target)) {
                    open.add(target);
                }
            }
        }
    }

    /** One slice for each package. */
    private static final class Packages implements SliceAssignment {

        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            String name = type.getBaseComponentType().getPackageName();
            return name.startsWith("tandem.") ? SliceIdentifier.of(name) : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
            return "each package";
        }
    }
}
