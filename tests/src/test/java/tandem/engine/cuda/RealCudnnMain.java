package tandem.engine.cuda;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionMode;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnTensorDescriptor;
import jcuda.jcudnn.cudnnTensorFormat;
import tandem.engine.Activation;
import tandem.engine.ConvolutionKind;
import tandem.engine.DataType;
import tandem.engine.Dnn.ConvolutionShape;

/**
 * What NVIDIA's own cuDNN does without a GPU: {@code RealCudnnMain DEVICE.json}. Version and symbols; descriptors and
 * output sizes of the older calls; error texts; and, for the described GPU, the engines of the graph API for the
 * convolutions of the networks in every type, their plans, and that a plan can be made again from its text. Started by
 * {@code tests/real-cudnn.sh}.
 */
public final class RealCudnnMain {

    private static final DataType[] TYPES = {DataType.FLOAT32, DataType.BFLOAT16, DataType.FLOAT16};
    private static final int MAX_PLANS = 6;

    private int checks;
    private final List<String> failures = new ArrayList<>();

    private RealCudnnMain() {}

    private void check(boolean condition, String what) {
        checks++;
        if (!condition) {
            failures.add(what);
            System.out.println("FAILED " + what);
        }
    }

    /** Ends with status 1 when a check fails. */
    public static void main(String[] arguments) throws Exception {
        Locale.setDefault(Locale.ROOT);
        RealCudnnMain main = new RealCudnnMain();
        String problem = NativeLibrary.CUDNN.load();
        if (problem != null) {
            System.out.println("FAILED " + problem);
            System.exit(1);
        }
        System.out.println("cuDNN " + JCudnn.cudnnGetVersion() + ", every function that is called is there");
        main.check(JCudnn.cudnnGetVersion() / 10_000 == 9, "version " + JCudnn.cudnnGetVersion());
        main.check(NativeLibrary.graphProblem() == null, "graph API: " + NativeLibrary.graphProblem());
        main.handle();
        main.olderCalls();
        if (JCudnn.cudnnGetVersion() >= 90_800) {
            main.graphs(Files.readString(Path.of(arguments[0])));
        } else {
            System.out.println("graph API not checked: cuDNN older than 9.8 takes no description of a GPU");
        }
        System.out.println(main.checks + " checks, " + main.failures.size() + " failures");
        System.exit(main.failures.isEmpty() ? 0 : 1);
    }

    private void handle() {
        int status = JCudnn.cudnnCreate(new cudnnHandle());
        System.out.println("cudnnCreate without a GPU: " + JCudnn.cudnnGetErrorString(status) + " (" + status + ")");
        check(
                status == 0 || JCudnn.cudnnGetErrorString(status).equals("CUDNN_STATUS_NOT_INITIALIZED"),
                "status of cudnnCreate");
        check(JCudnn.cudnnGetErrorString(3000).equals("CUDNN_STATUS_NOT_SUPPORTED"), "text of status 3000");
    }

    private static List<ConvolutionShape> shapes() {
        List<ConvolutionShape> shapes = new ArrayList<>();
        for (int batch : new int[] {2, 16}) {
            shapes.add(new ConvolutionShape(batch, 320, 320, 3, 64, 7, 7, 2, 3));
            int size = 160;
            for (int channels = 64; channels <= 512; channels *= 2) {
                shapes.add(new ConvolutionShape(batch, size, size, channels, channels, 3, 3, 1, 1));
                shapes.add(new ConvolutionShape(batch, size, size, channels, 2 * channels, 3, 3, 2, 1));
                shapes.add(new ConvolutionShape(batch, size, size, channels, 2 * channels, 1, 1, 2, 0));
                shapes.add(new ConvolutionShape(batch, size, size, channels, 4 * channels, 1, 1, 1, 0));
                shapes.add(new ConvolutionShape(batch, size, size, channels, 256, 1, 1, 1, 0));
                shapes.add(new ConvolutionShape(batch, size, size, 256, 256, 3, 3, 1, 1));
                size /= 2;
            }
        }
        // Channels that are no multiple of 4, and one pixel.
        shapes.add(new ConvolutionShape(2, 5, 6, 13, 11, 3, 3, 1, 1));
        shapes.add(new ConvolutionShape(1, 1, 1, 5, 7, 3, 3, 1, 1));
        shapes.add(new ConvolutionShape(1, 17, 15, 3, 16, 7, 7, 2, 3));
        return shapes;
    }

    private void olderCalls() {
        for (ConvolutionShape shape : shapes()) {
            for (DataType type : TYPES) {
                cudnnTensorDescriptor x = new cudnnTensorDescriptor();
                cudnnFilterDescriptor filter = new cudnnFilterDescriptor();
                cudnnConvolutionDescriptor convolution = new cudnnConvolutionDescriptor();
                int status = JCudnn.cudnnCreateTensorDescriptor(x)
                        + JCudnn.cudnnCreateFilterDescriptor(filter)
                        + JCudnn.cudnnCreateConvolutionDescriptor(convolution);
                int nhwc = cudnnTensorFormat.CUDNN_TENSOR_NHWC;
                int number = Cudnn.number(type);
                status +=
                        JCudnn.cudnnSetTensor4dDescriptor(x, nhwc, number, shape.n(), shape.c(), shape.h(), shape.w());
                status += JCudnn.cudnnSetFilter4dDescriptor(
                        filter, number, nhwc, shape.k(), shape.c(), shape.r(), shape.s());
                status += JCudnn.cudnnSetConvolution2dDescriptor(
                        convolution,
                        shape.padding(),
                        shape.padding(),
                        shape.stride(),
                        shape.stride(),
                        1,
                        1,
                        cudnnConvolutionMode.CUDNN_CROSS_CORRELATION,
                        cudnnDataType.CUDNN_DATA_FLOAT);
                int[] n = new int[1];
                int[] k = new int[1];
                int[] h = new int[1];
                int[] w = new int[1];
                status += JCudnn.cudnnGetConvolution2dForwardOutputDim(convolution, x, filter, n, k, h, w);
                check(
                        status == 0
                                && n[0] == shape.n()
                                && k[0] == shape.k()
                                && h[0] == shape.outputH()
                                && w[0] == shape.outputW(),
                        "output of " + shape.as(type) + ": status " + status + ", (" + n[0] + ", " + h[0] + ", " + w[0]
                                + ", " + k[0] + ")");
                JCudnn.cudnnDestroyConvolutionDescriptor(convolution);
                JCudnn.cudnnDestroyFilterDescriptor(filter);
                JCudnn.cudnnDestroyTensorDescriptor(x);
            }
        }
    }

    private void graphs(String device) {
        try (CudnnBackend backend = CudnnBackend.described(device)) {
            for (DataType type : TYPES) {
                for (ConvolutionShape base : shapes()) {
                    ConvolutionShape shape = base.as(type);
                    for (ConvolutionKind kind : ConvolutionKind.values()) {
                        GraphConvolution graph = GraphConvolution.plain(backend, shape, kind);
                        engines(kind.name().toLowerCase(Locale.ROOT), shape, graph);
                    }
                    engines("bias, ReLU", shape, GraphConvolution.fused(backend, shape, false, Activation.RELU));
                    engines(
                            "residual, bias, ReLU",
                            shape,
                            GraphConvolution.fused(backend, shape, true, Activation.RELU));
                    engines("bias", shape, GraphConvolution.fused(backend, shape, false, Activation.NONE));
                }
            }
        }
    }

    /** At least one plan with TF32 and one without, each the same when it is made again. */
    private void engines(String what, ConvolutionShape shape, GraphConvolution graph) {
        try (graph) {
            for (boolean tensorFloat32 : shape.type().half() ? new boolean[] {true} : new boolean[] {true, false}) {
                List<EngineConfiguration> found = configurations(graph, shape, tensorFloat32, GraphConvolution.RANKED);
                found.addAll(configurations(graph, shape, tensorFloat32, GraphConvolution.FALLBACK));
                int plans = 0;
                String first = "none";
                for (EngineConfiguration configuration : found) {
                    String notes = configuration.notes();
                    try (EngineConfiguration given = configuration;
                            GraphPlan plan = graph.plan(graph.configuration(given.text()))) {
                        check(plan.configuration().notes().equals(notes), "notes of " + given.text() + " made again");
                        if (plans++ == 0) {
                            first = given.text() + " (" + notes + "), " + plan.workspaceBytes() + " bytes of workspace";
                        }
                    } catch (RuntimeException e) {
                        System.out.println("  " + what + " of " + shape + ": " + e.getMessage());
                    }
                }
                System.out.println(shape + " " + what + (tensorFloat32 ? "" : " without TF32") + ": " + plans
                        + " plans, first " + first);
                check(plans > 0, "plans for " + what + " of " + shape + (tensorFloat32 ? "" : " without TF32"));
            }
        }
    }

    private static List<EngineConfiguration> configurations(
            GraphConvolution graph, ConvolutionShape shape, boolean tensorFloat32, int mode) {
        return graph.configurations(mode, MAX_PLANS, one -> one.allowed(shape.type(), tensorFloat32, true));
    }
}
