package tandem.tools.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import tandem.tools.BuildVersion;
import tandem.tools.OutputOption;
import tandem.tools.audit.AuditCommand;
import tandem.tools.bundle.BundleCommand;
import tandem.tools.data.ConvertCommand;
import tandem.tools.doctor.DoctorCommand;
import tandem.tools.explain.ExplainCommand;
import tandem.tools.kernel.KernelsCommand;
import tandem.tools.onnx.ExportCommand;
import tandem.tools.predict.PredictCommand;
import tandem.tools.serve.ServeCommand;
import tandem.tools.study.StudyCommand;
import tandem.tools.train.DemoCommand;
import tandem.tools.train.EvalCommand;
import tandem.tools.train.PlanCommand;
import tandem.tools.train.PretrainCommand;
import tandem.tools.train.QuantizeCommand;
import tandem.tools.train.TrainCommand;
import tandem.tools.train.WeakCommand;
import tandem.tools.watch.WatchCommand;

/** The {@code tandem} command: registers the subcommands and runs the one that is named. */
@Command(
        name = "tandem",
        description =
                "Trains and runs one network that finds objects (boxes) and segments pixels (masks), from images of "
                        + "which some have only boxes and others only masks.",
        synopsisSubcommandLabel = "COMMAND",
        versionProvider = Tandem.Version.class,
        sortOptions = false,
        footer = {
            "",
            "'tandem COMMAND --help' describes a command and shows an example.",
            "Exit codes: 0 success, 1 failure, 2 wrong usage or input."
        })
public final class Tandem {

    /** In the order of the help text. */
    private static final List<Class<?>> COMMANDS = List.of(
            DemoCommand.class,
            TrainCommand.class,
            PretrainCommand.class,
            StudyCommand.class,
            EvalCommand.class,
            QuantizeCommand.class,
            PredictCommand.class,
            WatchCommand.class,
            ServeCommand.class,
            ExplainCommand.class,
            ExportCommand.class,
            PlanCommand.class,
            AuditCommand.class,
            ConvertCommand.class,
            WeakCommand.class,
            DoctorCommand.class,
            KernelsCommand.class,
            BundleCommand.class);

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Print help for the command and exit.")
    boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Print the version and exit.")
    boolean version;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "On failure, print the stack trace too.")
    boolean debug;

    /** The version of the build, from the jar's build properties. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"Tandem " + BuildVersion.text()};
        }
    }

    Tandem() {}

    /** Runs the command line and ends the JVM with its exit code. */
    public static void main(String[] arguments) {
        Locale.setDefault(Locale.ROOT);
        System.exit(run(new PrintWriter(System.out, true), new PrintWriter(System.err, true), arguments));
    }

    /**
     * Runs one command line.
     *
     * @param out where results go
     * @param err where progress and errors go
     * @return the exit code: 0 success, 1 failure, 2 wrong usage or input
     */
    public static int run(PrintWriter out, PrintWriter err, String... arguments) {
        Tandem tandem = new Tandem();
        CommandLine line = commandLine(tandem, List.of(arguments));
        line.setOut(out);
        line.setErr(err);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpAutoWidth(false);
        line.setUsageHelpWidth(100);
        Failures failures = new Failures(() -> tandem.debug);
        line.setParameterExceptionHandler(failures);
        line.setExecutionExceptionHandler(failures);
        int code;
        try {
            code = line.execute(arguments);
        } finally {
            OutputOption.release(line);
        }
        out.flush();
        err.flush();
        return code;
    }

    /**
     * The command with its subcommands. Those that the arguments do not name have a line in the help text and no
     * options, since reading the options of all commands takes longer than everything else before a command starts. An
     * argument file ({@code @FILE}) may name any of them.
     */
    static CommandLine commandLine(Tandem tandem, List<String> arguments) {
        CommandLine line = new CommandLine(tandem);
        boolean fromFile = arguments.stream().anyMatch(argument -> argument.startsWith("@"));
        for (Class<?> type : COMMANDS) {
            Command command = type.getAnnotation(Command.class);
            if (fromFile || arguments.contains(command.name())) {
                line.addSubcommand(new CommandLine(type));
            } else {
                CommandSpec spec = CommandSpec.create();
                spec.usageMessage().description(command.description());
                line.addSubcommand(command.name(), spec);
            }
        }
        return line;
    }
}
