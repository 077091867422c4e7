package tandem.tools.kernel;

import java.util.List;
import picocli.CommandLine.Option;
import tandem.kernels.assembler.Assembler;
import tandem.tools.InputException;

/** {@code --architecture}: which GPU architectures to assemble for. */
final class ArchitectureOption {

    @Option(
            names = {"-a", "--architecture"},
            paramLabel = "SM",
            split = ",",
            description = "Architectures to assemble for, such as sm_75,sm_90; default: all supported ones.")
    private List<String> names = List.of();

    /** The architectures for a file: by default those that its {@code .target} allows. */
    List<String> names(PtxSource source) {
        int target = source.target();
        List<String> fitting = names().stream()
                .filter(name -> !names.isEmpty() || Integer.parseInt(name.replaceAll("\\D", "")) >= target)
                .toList();
        return fitting.isEmpty() ? names() : fitting;
    }

    List<String> names() {
        List<String> chosen = names.isEmpty() ? Assembler.ARCHITECTURES : names;
        for (String name : chosen) {
            if (!name.matches("sm_\\d{2,3}a?")) {
                throw new InputException("--architecture " + name + ": expected a name such as sm_86");
            }
        }
        return chosen;
    }
}
