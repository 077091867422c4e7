package tandem.engine.cuda;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.JCudaDriver;
import jcuda.jcudnn.JCudnn;
import org.bytedeco.javacpp.Loader;
import tandem.kernels.natives.JavaCppNatives;

/**
 * Which of the requirements of the CUDA device this machine meets, checked in order: the driver and a GPU, cuDNN, and
 * cuBLAS, which is optional. Never throws and never ends the process.
 *
 * @param findings one for each requirement, in order; those that depend on a missing one are left out
 * @param gpus the GPUs, in the driver's order
 */
public record CudaProbe(List<Finding> findings, List<Gpu> gpus) {

    /** The oldest CUDA version whose driver can be used: the one that JCuda's natives were built with. */
    private static final int OLDEST_DRIVER = 12_000;
    /** The architecture that the kernels are compiled for: 7.5. */
    private static final int OLDEST_ARCHITECTURE = 75;

    /**
     * The result for one requirement.
     *
     * @param name such as {@code libcudnn.so.9}
     * @param found whether it can be used
     * @param required whether the device needs it
     * @param text its version; or what is missing and how to get it
     */
    public record Finding(String name, boolean found, boolean required, String text) {}

    /**
     * A GPU.
     *
     * @param number as in {@code --device cuda:number}
     * @param name what it calls itself
     * @param architecture such as 75 for compute capability 7.5
     * @param bytes its memory
     */
    public record Gpu(int number, String name, int architecture, long bytes) {}

    /** Looks. */
    public static CudaProbe run() {
        List<Finding> findings = new ArrayList<>();
        List<Gpu> gpus = new ArrayList<>();
        if (driver(findings, gpus) && cudnn(findings)) {
            cublas(findings);
        }
        return new CudaProbe(List.copyOf(findings), List.copyOf(gpus));
    }

    /** The first thing that the device needs and does not have, in one line. */
    public Optional<String> problem() {
        return findings.stream()
                .filter(finding -> finding.required() && !finding.found())
                .map(Finding::text)
                .findFirst();
    }

    /** Whether the device can be opened. */
    public boolean usable() {
        return problem().isEmpty();
    }

    /** Whether cuBLAS is there. */
    public boolean cublas() {
        return findings.stream()
                .anyMatch(finding -> finding.name().equals(NativeLibrary.CUBLAS.file()) && finding.found());
    }

    private static boolean add(List<Finding> findings, String name, boolean found, String text) {
        findings.add(new Finding(name, found, true, text));
        return found;
    }

    private static boolean driver(List<Finding> findings, List<Gpu> gpus) {
        String name = NativeLibrary.DRIVER.file();
        String problem = NativeLibrary.DRIVER.load();
        if (problem != null) {
            return add(findings, name, false, problem);
        }
        int result = JCudaDriver.cuInit(0);
        if (result == DriverCall.NO_DEVICE) {
            return add(
                    findings, name, false, "the NVIDIA driver finds no GPU; check nvidia-smi and CUDA_VISIBLE_DEVICES");
        }
        if (result != 0) {
            return add(
                    findings,
                    name,
                    false,
                    "the NVIDIA driver does not start: cuInit returns " + DriverCall.describe(result)
                            + "; check nvidia-smi, a reboot after a driver update often helps");
        }
        int[] version = new int[1];
        JCudaDriver.cuDriverGetVersion(version);
        String supports = "for CUDA " + version[0] / 1000 + "." + version[0] % 1000 / 10;
        if (version[0] < OLDEST_DRIVER) {
            return add(
                    findings,
                    name,
                    false,
                    "the NVIDIA driver is " + supports + ", too old; " + NativeLibrary.DRIVER.remedy());
        }
        int[] count = new int[1];
        JCudaDriver.cuDeviceGetCount(count);
        for (int i = 0; i < count[0]; i++) {
            gpus.add(gpu(i));
        }
        if (gpus.isEmpty()) {
            return add(
                    findings, name, false, "the NVIDIA driver finds no GPU; check nvidia-smi and CUDA_VISIBLE_DEVICES");
        }
        if (gpus.stream().noneMatch(gpu -> gpu.architecture() >= OLDEST_ARCHITECTURE)) {
            return add(findings, name, false, "no GPU of compute capability 7.5 or higher (Turing, 2018): " + gpus);
        }
        return add(
                findings,
                name,
                true,
                "driver " + supports + ", " + gpus.size() + (gpus.size() == 1 ? " GPU" : " GPUs"));
    }

    private static Gpu gpu(int number) {
        CUdevice device = new CUdevice();
        JCudaDriver.cuDeviceGet(device, number);
        byte[] name = new byte[256];
        JCudaDriver.cuDeviceGetName(name, name.length, device);
        int length = 0;
        while (length < name.length && name[length] != 0) {
            length++;
        }
        int[] major = new int[1];
        int[] minor = new int[1];
        JCudaDriver.cuDeviceGetAttribute(
                major, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device);
        JCudaDriver.cuDeviceGetAttribute(
                minor, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device);
        long[] bytes = new long[1];
        JCudaDriver.cuDeviceTotalMem(bytes, device);
        return new Gpu(
                number,
                new String(name, 0, length, java.nio.charset.StandardCharsets.UTF_8),
                10 * major[0] + minor[0],
                bytes[0]);
    }

    private static boolean cudnn(List<Finding> findings) {
        String name = NativeLibrary.CUDNN.file();
        String problem = NativeLibrary.CUDNN.load();
        if (problem != null) {
            return add(findings, name, false, problem);
        }
        long version = JCudnn.cudnnGetVersion();
        // From cuDNN 9 on the version is 10000 major + 100 minor + patch.
        if (version < 90_000 || version >= 100_000) {
            return add(
                    findings,
                    name,
                    false,
                    name + " reports version " + version + ", which is not a cuDNN 9 (90000 to 99999); "
                            + NativeLibrary.CUDNN.remedy());
        }
        String graphProblem = NativeLibrary.graphProblem();
        if (graphProblem != null) {
            findings.add(new Finding(
                    "cuDNN's graph API", false, false, graphProblem + "; convolutions go through cuDNN's older calls"));
        }
        return add(
                findings, name, true, "cuDNN " + version / 10_000 + "." + version % 10_000 / 100 + "." + version % 100);
    }

    private static void cublas(List<Finding> findings) {
        String problem = NativeLibrary.CUBLAS.load();
        String found = "cuBLAS 12";
        if (problem != null && loads("libcublas.so.13")) {
            Optional<Path> forwarder = CublasForwarder.find();
            found = "cuBLAS 13 through the forwarding library";
            problem = forwarder.isPresent()
                    ? NativeLibrary.CUBLAS.load(forwarder.get().toString())
                    : NativeLibrary.CUBLAS.file()
                            + " is not there, only CUDA 13's libcublas.so.13, which JCublas cannot use without the forwarding"
                            + " library; tandem doctor builds it where gcc is; until then matrix products go through cuDNN";
        }
        findings.add(
                new Finding(NativeLibrary.CUBLAS.file(), problem == null, false, problem == null ? found : problem));
    }

    private static boolean loads(String file) {
        try {
            JavaCppNatives.prepare();
            Loader.loadGlobal(file);
            return true;
        } catch (UnsatisfiedLinkError e) {
            return false;
        }
    }
}
