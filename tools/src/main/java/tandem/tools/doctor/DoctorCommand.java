package tandem.tools.doctor;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tandem.engine.cpu.ConvolutionPolicy;
import tandem.engine.cpu.ConvolutionTime;
import tandem.engine.cpu.CpuDevice;
import tandem.engine.cuda.CublasForwarder;
import tandem.engine.cuda.CudaProbe;
import tandem.kernels.assembler.Assembler;
import tandem.kernels.translate.x86.VectorTranslator;
import tandem.tools.BuildVersion;
import tandem.tools.ByteCount;
import tandem.tools.ConvolutionTable;
import tandem.tools.Subprocess;
import tandem.tools.cublas.ForwardingLibrary;

/** {@code tandem doctor}: what this machine provides, what is missing, and how to install it. */
@Command(
        name = "doctor",
        description =
                "Shows what this machine provides (Java, processor, memory, native libraries, devices) and how to "
                        + "install what is missing.",
        footer = {"", "Example:", "  tandem doctor"})
public final class DoctorCommand implements Callable<Integer> {

    @Option(
            names = "--convolutions",
            description =
                    "Also list the algorithms of convolutions that were measured on this machine with all threads.")
    private boolean convolutions;

    @Spec
    CommandSpec spec;

    private PrintWriter out;

    @Override
    public Integer call() {
        out = spec.commandLine().getOut();
        line("Tandem", BuildVersion.text());
        java();
        hardware();
        boolean cpu = oneDnn();
        kernels();
        boolean assembler = assembler();
        nvidia();
        out.println();
        out.println("Devices");
        line("  cpu", cpu ? "ready" : "not usable: oneDNN does not load, see above");
        cuda();
        if (convolutions && cpu) {
            convolutions();
        }
        out.flush();
        return cpu && assembler ? 0 : 1;
    }

    private void java() {
        line(
                "Java",
                System.getProperty("java.version") + ", " + System.getProperty("java.vm.name") + ", "
                        + System.getProperty("java.vendor"));
        line("", System.getProperty("java.home"));
        line(
                "",
                "maximum heap " + ByteCount.text(Runtime.getRuntime().maxMemory())
                        + " (change it with TANDEM_JVM_FLAGS=-Xmx8g)");
        line(
                "System",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                        + System.getProperty("os.arch"));
    }

    private void hardware() {
        ProcessorInfo processor = ProcessorInfo.here();
        line(
                "Processor",
                processor.model() + ", " + processor.threads() + (processor.threads() == 1 ? " thread" : " threads"));
        line(
                "",
                "vector instructions: "
                        + (processor.extensions().isEmpty()
                                ? "none detected"
                                : String.join(" ", processor.extensions())));
        MainMemory memory = MainMemory.here();
        line(
                "Memory",
                memory.total() == 0
                        ? "unknown"
                        : ByteCount.text(memory.total()) + ", " + ByteCount.text(memory.available()) + " available");
    }

    private boolean oneDnn() {
        try {
            OneDnnInfo library = OneDnnInfo.load();
            line(
                    "oneDNN",
                    library.version() + ", threads by " + library.threading() + ", uses " + library.instructions());
            return true;
        } catch (LinkageError e) {
            line("oneDNN", "does not load: " + e.getMessage());
            return false;
        }
    }

    private void convolutions() {
        out.println();
        CpuDevice.Options options = CpuDevice.Options.standard().withConvolutions(ConvolutionPolicy.MEASURED);
        try (CpuDevice device = new CpuDevice(options)) {
            List<ConvolutionTime> stored = device.storedConvolutionTimes();
            if (stored.isEmpty()) {
                out.println(
                        "No algorithms of convolutions were measured yet on this machine; training and predict do it.");
            } else {
                ConvolutionTable.print(out, stored);
            }
        }
    }

    private void kernels() {
        String obstacle = VectorTranslator.obstacle();
        line(
                "Kernels",
                obstacle == null
                        ? "run on the processor as machine code with AVX2, 8 threads at once"
                        : "run on the processor as JVM bytecode, because " + obstacle);
    }

    private boolean assembler() {
        String nothing = ".version 7.0\n.target sm_75\n.address_size 64\n.visible .entry nothing()\n{\n ret;\n}\n";
        try {
            Assembler.assemble("nothing.ptx", nothing, Assembler.ARCHITECTURES.get(0));
            line("PTX assembler", "works; kernels are checked for " + String.join(", ", Assembler.ARCHITECTURES));
            return true;
        } catch (LinkageError | RuntimeException e) {
            Throwable cause = e instanceof ExceptionInInitializerError && e.getCause() != null ? e.getCause() : e;
            line("PTX assembler", "does not work: " + cause.getMessage());
            return false;
        }
    }

    private void nvidia() {
        SharedLibrary driver = SharedLibrary.probe("libcuda.so.1");
        line("NVIDIA", library(driver, "install the NVIDIA driver"));
        if (driver.found()) {
            line("", NvidiaDriver.version());
        }
        line("", library(SharedLibrary.probe("libcudnn.so.9"), "install cuDNN 9"));
        SharedLibrary cublas = SharedLibrary.probe("libcublas.so.12");
        line("", library(cublas, "optional; comes with CUDA 12"));
        if (!cublas.found() && SharedLibrary.probe("libcublas.so.13").found()) {
            line("", "libcublas.so.13: loads; " + forwarder());
        }
    }

    /** A machine that has only CUDA 13 needs the forwarding library; it is built once. */
    private static String forwarder() {
        try {
            Path file = CublasForwarder.file();
            if (!Files.exists(file)) {
                ForwardingLibrary.build(file);
            }
            return "JCublas uses it through " + file;
        } catch (IOException | Subprocess.Failure e) {
            return "JCublas cannot use it without the forwarding library: " + e.getMessage();
        }
    }

    private void cuda() {
        CudaProbe probe = CudaProbe.run();
        line("  cuda", probe.problem().map(problem -> "not usable: " + problem).orElse("ready"));
        probe.findings().stream().filter(finding -> !finding.required()).forEach(finding -> line("", finding.text()));
        for (CudaProbe.Gpu gpu : probe.gpus()) {
            line(
                    "  cuda:" + gpu.number(),
                    gpu.name() + ", sm_" + gpu.architecture() + ", " + ByteCount.text(gpu.bytes()));
        }
    }

    private static String library(SharedLibrary library, String remedy) {
        return library.found()
                ? library.name() + ": loads"
                : library.name() + ": no (" + library.reason() + "); " + remedy;
    }

    private void line(String title, String text) {
        out.printf("%-14s%s%n", title, text);
    }
}
