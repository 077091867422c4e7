package tandem.engine.cuda;

import java.util.List;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;
import tandem.engine.Command;
import tandem.engine.LibraryException;
import tandem.engine.Recording;
import tandem.engine.Resources;
import tandem.engine.memory.Allocations;

/** Commands captured as a CUDA graph; a replay is one graph launch. It owns the commands. */
final class CudaRecording implements Recording {

    private final CudaContext context;
    private final Allocations memory;
    private final List<Command> commands;
    private final CUgraphExec executable;
    private final Resources owned = new Resources();
    private int checkedAt;
    private boolean closed;

    private CudaRecording(CudaContext context, Allocations memory, List<Command> commands, CUgraphExec executable) {
        this.context = context;
        this.memory = memory;
        this.commands = commands;
        this.executable = executable;
        this.checkedAt = memory.frees();
        commands.forEach(owned::add);
    }

    /** Captures the commands, which put their work on the stream but do not run. */
    static CudaRecording capture(CudaContext context, Allocations memory, List<Command> commands) {
        List<Command> list = List.copyOf(commands);
        if (list.isEmpty()) {
            return new CudaRecording(context, memory, list, null);
        }
        // Of this thread alone: calls of the driver by other threads meanwhile do not belong to the capture.
        context.check(
                JCudaDriver.cuStreamBeginCapture(
                        context.stream(), CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
                "cuStreamBeginCapture");
        CUgraph graph = new CUgraph();
        int ended;
        try {
            list.forEach(Command::run);
        } catch (RuntimeException | Error e) {
            if (JCudaDriver.cuStreamEndCapture(context.stream(), graph) == 0) {
                JCudaDriver.cuGraphDestroy(graph);
            }
            throw e;
        }
        ended = JCudaDriver.cuStreamEndCapture(context.stream(), graph);
        context.check(ended, "capture of " + list.size() + " commands: cuStreamEndCapture");
        CUgraphExec executable = new CUgraphExec();
        int made = JCudaDriver.cuGraphInstantiate(executable, graph, 0);
        JCudaDriver.cuGraphDestroy(graph);
        if (made != 0) {
            RuntimeException failure =
                    context.failure(made, "graph of " + list.size() + " commands: cuGraphInstantiate");
            throw failure instanceof DeviceLostException
                    ? failure
                    : new LibraryException(
                            failure.getMessage()
                                    + "; a newer driver may help, or run without graphs (CudaDevice.Options.withGraphs(false))");
        }
        int uploaded = JCudaDriver.cuGraphUpload(executable, context.stream());
        if (uploaded != 0) {
            JCudaDriver.cuGraphExecDestroy(executable);
            throw context.failure(uploaded, "graph of " + list.size() + " commands: cuGraphUpload");
        }
        return new CudaRecording(context, memory, list, executable);
    }

    /** No graph: each replay puts the commands one after the other on the stream. */
    static CudaRecording list(CudaContext context, Allocations memory, List<Command> commands) {
        return new CudaRecording(context, memory, List.copyOf(commands), null);
    }

    @Override
    public void replay() {
        memory.lock().enter();
        try {
            replayWithLock();
        } finally {
            memory.lock().exit();
        }
    }

    private void replayWithLock() {
        context.enter();
        if (closed) {
            throw new IllegalStateException("this recording of " + commands.size() + " commands is closed");
        }
        if (executable == null) {
            for (int i = 0; i < commands.size(); i++) {
                commands.get(i).run();
            }
            return;
        }
        if (checkedAt != memory.frees()) {
            for (Command command : commands) {
                command.requireBuffers();
            }
            checkedAt = memory.frees();
        }
        context.check(JCudaDriver.cuGraphLaunch(executable, context.stream()), "replay: cuGraphLaunch");
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public List<Command> commands() {
        return commands;
    }

    @Override
    public void close() {
        memory.lock().enterToClose();
        try {
            if (!closed) {
                closed = true;
                if (executable != null && !context.isClosed()) {
                    context.enterForClose();
                    JCudaDriver.cuGraphExecDestroy(executable);
                }
                owned.close();
            }
        } finally {
            memory.lock().exit();
        }
    }
}
