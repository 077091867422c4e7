package tandem.layout;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
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
        slices().assignedFrom(new Slices("package", JavaClass::getPackageName))
                .should()
                .beFreeOfCycles()
                .because("packages that use each other can only be read together. Move the class that closes the circle"
                        + " into the package that it belongs to, or put an interface for it into the lower package")
                .check(classes);
    }

    @Test
    void noClassesOfTheEngineUseEachOther() {
        JavaClasses engine = classes.that(DescribedPredicate.describe(
                "in the engine", type -> type.getPackageName().startsWith("tandem.engine")));
        slices().assignedFrom(new Slices("outermost class", LayeringTest::outermost))
                .should()
                .beFreeOfCycles()
                // Pairs of classes that are one unit.
                .ignoreDependency("tandem.engine.Device", "tandem.engine.Stopwatch")
                .ignoreDependency("tandem.engine.WeightLayout", "tandem.engine.Weights$Range")
                .ignoreDependency("tandem.engine.cpu.CpuDnn", "tandem.engine.cpu.CpuDevice")
                .ignoreDependency("tandem.engine.optimizer.StepValues", "tandem.engine.optimizer.Optimizer")
                .because("the classes of the engine are layered too; a nested class counts as its outermost class")
                .check(engine);
    }

    private static String outermost(JavaClass type) {
        return type.getEnclosingClass().map(LayeringTest::outermost).orElse(type.getFullName());
    }

    /** One slice for each value of a name. */
    private record Slices(String what, Function<JavaClass, String> name) implements SliceAssignment {

        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            JavaClass element = type.getBaseComponentType();
            return element.getPackageName().startsWith("tandem.")
                    ? SliceIdentifier.of(name.apply(element))
                    : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
            return "each " + what;
        }
    }
}
