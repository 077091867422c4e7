package tandem.engine.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tandem.engine.Buffer;
import tandem.engine.Command;
import tandem.engine.DeviceOutOfMemoryException;
import tandem.engine.LibraryException;
import tandem.engine.Recording;
import tandem.kernels.Catalogue;
import tandem.kernels.Grid;

/** Every fault ends in the promised message, and nothing stays behind in the driver. */
class CudaFaultTest {

    @BeforeEach
    void plugIn() {
        MockCuda.start();
    }

    @AfterEach
    void nothingIsLeft() {
        assertEquals("", MockCuda.census());
        assertEquals("", MockCuda.complaints());
        MockCuda.stop();
    }

    private static CudaDevice open() {
        return CudaDevice.open(0, CudaDevice.Options.standard().withStagingSlots(2));
    }

    private static void assertContains(Throwable e, String... parts) {
        for (String part : parts) {
            assertTrue(e.getMessage().contains(part), "'" + part + "' is not in: " + e.getMessage());
        }
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
    }

    @Test
    void noGpu() {
        MockCuda.start(0, MockCuda.DRIVER, MockCuda.MEMORY, MockCuda.CUDNN);
        assertContains(
                assertThrows(CudaUnavailableException.class, CudaFaultTest::open), "no GPU", "CUDA_VISIBLE_DEVICES");
    }

    @Test
    void oldDriver() {
        MockCuda.start(1, 11_080, MockCuda.MEMORY, MockCuda.CUDNN);
        assertContains(assertThrows(CudaUnavailableException.class, CudaFaultTest::open), "CUDA 11.8", "525.60");
    }

    @Test
    void driverThatDoesNotStart() {
        MockCuda.fail("cuInit", 999, 0);
        assertContains(
                assertThrows(CudaUnavailableException.class, CudaFaultTest::open),
                "cuInit",
                "CUDA_ERROR_UNKNOWN (999)",
                "nvidia-smi");
    }

    @Test
    void gpuThatIsNotThere() {
        assertContains(
                assertThrows(CudaUnavailableException.class, () -> CudaDevice.open(3, CudaDevice.Options.standard())),
                "no cuda:3",
                "cuda:0");
    }

    @Test
    void everyCallThatCanFailWhileOpeningLeavesNothing() {
        for (String call : List.of(
                "cuDeviceGet",
                "cuDevicePrimaryCtxRetain",
                "cuCtxSetCurrent",
                "cuStreamCreate",
                "cuMemAlloc_v2",
                "cuMemHostAlloc",
                "cuEventCreate",
                "cuMemsetD8Async",
                "cuStreamSynchronize")) {
            for (int skip = 0; skip < 3; skip++) {
                MockCuda.start();
                MockCuda.fail(call, 999, skip);
                try (CudaDevice device = open()) {
                    assertTrue(MockCuda.calls(call) <= skip || call.equals("cuDeviceGet"), call + " failed unseen");
                } catch (LibraryException e) {
                    assertContains(e, "(999)", "cuda:0 (Mock GPU)");
                }
                assertEquals("", MockCuda.census(), call + " " + skip);
            }
        }
    }

    @Test
    void outOfMemoryReportsFreeMemoryAndARemedy() {
        try (CudaDevice device = open();
                Buffer weights = device.allocate(200 << 20, "weights")) {
            DeviceOutOfMemoryException e =
                    assertThrows(DeviceOutOfMemoryException.class, () -> device.allocate(2L << 30, "activations"));
            assertContains(
                    e,
                    String.valueOf(2L << 30),
                    "activations",
                    "weights=209715200",
                    "bytes are free",
                    "smaller batch",
                    "tandem plan");
            weights.memory();
        }
    }

    @Test
    void memoryLimitIsKept() {
        try (CudaDevice device = CudaDevice.open(
                0, CudaDevice.Options.standard().withMemoryLimit(64 << 20).withStagingSlots(2))) {
            device.allocate(50 << 20, "most").close();
            Buffer half = device.allocate(40 << 20, "half");
            assertContains(
                    assertThrows(DeviceOutOfMemoryException.class, () -> device.allocate(40 << 20, "other")),
                    "the limit is 67108864",
                    "half");
            half.close();
            device.allocate(40 << 20, "other");
        }
    }

    @Test
    void illegalAddressEndsTheDeviceButNotTheProcess() {
        CudaDevice device = open();
        Buffer a = device.allocate(64, "a");
        Command command = device.launch(
                Catalogue.find("elementwise_add"), Grid.of(1, 256), a.memory(), a.memory(), a.memory(), 16);
        MockCuda.fail("kernel", 700, 0);
        command.run();
        DeviceLostException first = assertThrows(DeviceLostException.class, device::synchronize);
        assertContains(first, "CUDA_ERROR_ILLEGAL_ADDRESS (700)", "last checkpoint", "start again");
        for (Throwable later : List.of(
                assertThrows(DeviceLostException.class, command::run),
                assertThrows(DeviceLostException.class, () -> device.allocate(1, "late")),
                assertThrows(DeviceLostException.class, () -> device.upload(ByteBuffer.allocate(4), a.memory())),
                assertThrows(DeviceLostException.class, () -> device.download(a.memory(), ByteBuffer.allocate(4))))) {
            assertEquals(first.getMessage(), later.getMessage());
        }
        // What is in the context dies with the process; closing must neither throw nor hang.
        device.close();
        MockCuda.start();
        MockCuda.forgetObjects();
        try (CudaDevice again = open()) {
            again.allocate(64, "again").close();
        }
    }

    @Test
    void waitingWhileCapturingIsAnErrorAndTheDeviceGoesOn() {
        try (CudaDevice device = open();
                Buffer a = device.allocate(64, "a")) {
            Command clear = device.clear(a.memory());
            Command waits = new Command() {
                @Override
                public String name() {
                    return "waits";
                }

                @Override
                public void run() {
                    device.synchronize();
                }

                @Override
                public void requireBuffers() {}

                @Override
                public void close() {}
            };
            assertContains(
                    assertThrows(LibraryException.class, () -> device.record(List.of(clear, waits))),
                    "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED (900)");
            clear.run();
            Recording good = device.record(List.of(clear));
            good.replay();
            device.synchronize();
        }
    }

    @Test
    void invalidatedCaptureIsReported() {
        try (CudaDevice device = open();
                Buffer a = device.allocate(64, "a")) {
            MockCuda.fail("cuStreamEndCapture", 901, 0);
            assertContains(
                    assertThrows(LibraryException.class, () -> device.record(List.of(device.clear(a.memory())))),
                    "capture of 1 commands",
                    "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED (901)");
            device.record(List.of(device.clear(a.memory()))).replay();
        }
    }

    @Test
    void failedInstantiationReportsARemedy() {
        try (CudaDevice device = open();
                Buffer a = device.allocate(64, "a")) {
            MockCuda.fail("cuGraphInstantiateWithFlags", 2, 0);
            assertContains(
                    assertThrows(LibraryException.class, () -> device.record(List.of(device.clear(a.memory())))),
                    "cuGraphInstantiate",
                    "CUDA_ERROR_OUT_OF_MEMORY (2)",
                    "newer driver",
                    "withGraphs(false)");
            MockCuda.fail("cuGraphUpload", 999, 0);
            assertContains(
                    assertThrows(LibraryException.class, () -> device.record(List.of(device.clear(a.memory())))),
                    "cuGraphUpload");
        }
    }

    @Test
    void moduleErrorCarriesTheCompilersLog() {
        try (CudaDevice device = open();
                Buffer a = device.allocate(64, "a")) {
            MockCuda.failNextModule("ptxas application ptx input, line 7; error : planted");
            LibraryException e = assertThrows(
                    LibraryException.class,
                    () -> device.launch(
                            Catalogue.find("elementwise_add"),
                            Grid.of(1, 256),
                            a.memory(),
                            a.memory(),
                            a.memory(),
                            16));
            assertContains(e, "elementwise.ptx", "CUDA_ERROR_INVALID_PTX (218)", "line 7; error : planted");
        }
    }

    @Test
    void anyFailureOfAnyCallInUseLeavesNothingBehind() {
        for (String call : List.of(
                "cuMemcpyHtoDAsync_v2",
                "cuMemcpyDtoHAsync_v2",
                "cuMemcpyDtoDAsync_v2",
                "cuMemsetD8Async",
                "cuEventRecord",
                "cuStreamWaitEvent",
                "cuEventSynchronize",
                "cuStreamSynchronize",
                "cuModuleLoadDataEx",
                "cuModuleGetFunction",
                "cuFuncGetAttribute",
                "cuLaunchKernel",
                "cuStreamBeginCapture_v2",
                "cuStreamEndCapture",
                "cuGraphInstantiateWithFlags",
                "cuGraphUpload",
                "cuGraphLaunch",
                "cuCtxSetCurrent",
                "kernel",
                "copy on device")) {
            MockCuda.start();
            try (CudaDevice device = open()) {
                MockCuda.fail(call, 999, 0);
                LibraryException e = assertThrows(LibraryException.class, () -> everything(device), call);
                assertContains(e, "CUDA_ERROR_UNKNOWN (999)");
            }
            assertEquals("", MockCuda.census(), call);
        }
    }

    private static void everything(CudaDevice device) {
        int bytes = 1 << 18;
        try (Buffer a = device.allocate(bytes, "a");
                Buffer y = device.allocate(bytes, "y")) {
            device.upload(CudaDeviceTest.noise(bytes, 1), a.memory());
            Command add = device.launch(
                    Catalogue.find("elementwise_add"),
                    Grid.forElements(bytes / 16, 256),
                    a.memory(),
                    a.memory(),
                    y.memory(),
                    bytes / 4);
            try (Recording recording = device.record(List.of(add, device.copy(y.memory(), a.memory())))) {
                recording.replay();
                device.download(a.memory(), CudaDeviceTest.bytes(bytes));
            }
        }
    }
}
