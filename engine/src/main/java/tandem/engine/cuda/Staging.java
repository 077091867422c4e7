package tandem.engine.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.JCudaDriver;
import tandem.engine.Memory;
import tandem.engine.memory.Allocations;
import tandem.engine.memory.Transfers;

/**
 * Page-locked memory between the host and the device. An upload fills slots of a ring, which travel to the device on
 * the copy stream while commands still run, and reach their place on the commands' stream in order. The caller's buffer
 * is free on return; the host waits only when the ring is full.
 */
final class Staging {

    /** Bytes of a slot. */
    static final int SLOT = 2 << 20;
    /** Uploads of at most this many bytes go straight down the commands' stream. */
    private static final int SMALL = 64 << 10;

    private static final int ADDRESSES = 64;

    private static final class Slot {
        final Pointer pinned = new Pointer();
        final CUevent arrived = new CUevent();
        final CUevent free = new CUevent();
        int parts;
        ByteBuffer bytes;
        CUdeviceptr device;
    }

    private final CudaContext context;
    private final Slot[] slots;
    private final long[] knownAddresses = new long[ADDRESSES];
    private final DeviceAddress[] known = new DeviceAddress[ADDRESSES];
    private int next;

    /** A ring of {@code count} slots; the first of them also serves downloads. */
    Staging(CudaContext context, Allocations memory, int count) {
        this.context = context;
        this.slots = new Slot[count];
        long device =
                memory.allocate((long) count * SLOT, "upload staging").memory().address();
        try {
            for (int i = 0; i < count; i++) {
                slots[i] = new Slot();
                make(slots[i]);
                slots[i].device = DeviceAddress.of(device + (long) i * SLOT);
            }
            // The copy stream must not write into staging memory before the commands' stream has zeroed it.
            context.synchronize();
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void make(Slot slot) {
        context.check(
                JCudaDriver.cuMemHostAlloc(slot.pinned, SLOT, 0),
                "cuMemHostAlloc of " + SLOT + " bytes of page-locked host memory");
        slot.parts++;
        slot.bytes = slot.pinned.getByteBuffer(0, SLOT).order(ByteOrder.nativeOrder());
        context.check(JCudaDriver.cuEventCreate(slot.arrived, CUevent_flags.CU_EVENT_DISABLE_TIMING), "cuEventCreate");
        slot.parts++;
        context.check(JCudaDriver.cuEventCreate(slot.free, CUevent_flags.CU_EVENT_DISABLE_TIMING), "cuEventCreate");
        slot.parts++;
    }

    private Slot acquire() {
        Slot slot = slots[next];
        next = (next + 1) % slots.length;
        context.check(JCudaDriver.cuEventSynchronize(slot.free), "cuEventSynchronize");
        return slot;
    }

    /** An object for the address, made on its first use: the same few inputs are uploaded again and again. */
    private DeviceAddress pointer(long address) {
        int at = (int) (address >>> 8) % ADDRESSES;
        at = at < 0 ? at + ADDRESSES : at;
        if (known[at] == null || knownAddresses[at] != address) {
            known[at] = DeviceAddress.of(address);
            knownAddresses[at] = address;
        }
        return known[at];
    }

    void upload(ByteBuffer source, Memory memory) {
        long destination = memory.address();
        int total = source.remaining();
        Transfers.requireUnchanged(total, memory);
        for (int done = 0; done < total; ) {
            int count = Math.min(SLOT, total - done);
            Slot slot = acquire();
            slot.bytes.put(0, source, source.position() + done, count);
            DeviceAddress target = pointer(destination + done);
            if (total <= SMALL) {
                context.check(
                        JCudaDriver.cuMemcpyHtoDAsync(target, slot.pinned, count, context.stream()),
                        "upload: cuMemcpyHtoDAsync");
            } else {
                context.check(
                        JCudaDriver.cuMemcpyHtoDAsync(slot.device, slot.pinned, count, context.copyStream()),
                        "upload: cuMemcpyHtoDAsync");
                context.check(JCudaDriver.cuEventRecord(slot.arrived, context.copyStream()), "upload: cuEventRecord");
                context.check(
                        JCudaDriver.cuStreamWaitEvent(context.stream(), slot.arrived, 0), "upload: cuStreamWaitEvent");
                context.check(
                        JCudaDriver.cuMemcpyDtoDAsync(target, slot.device, count, context.stream()),
                        "upload: cuMemcpyDtoDAsync");
            }
            context.check(JCudaDriver.cuEventRecord(slot.free, context.stream()), "upload: cuEventRecord");
            done += count;
        }
    }

    void download(Memory memory, ByteBuffer destination) {
        long source = memory.address();
        int total = destination.remaining();
        Transfers.requireUnchanged(total, memory);
        for (int done = 0; done < total; ) {
            int count = Math.min(SLOT, total - done);
            Slot slot = acquire();
            context.check(
                    JCudaDriver.cuMemcpyDtoHAsync(slot.pinned, pointer(source + done), count, context.stream()),
                    "download: cuMemcpyDtoHAsync");
            context.check(JCudaDriver.cuStreamSynchronize(context.stream()), "download: cuStreamSynchronize");
            destination.put(destination.position() + done, slot.bytes, 0, count);
            done += count;
        }
    }

    /** Frees pinned memory and events; the device memory belongs to {@link Allocations}. */
    void close() {
        for (Slot slot : slots) {
            if (slot == null) {
                return;
            }
            if (slot.parts > 2) {
                JCudaDriver.cuEventDestroy(slot.free);
            }
            if (slot.parts > 1) {
                JCudaDriver.cuEventDestroy(slot.arrived);
            }
            if (slot.parts > 0) {
                JCudaDriver.cuMemFreeHost(slot.pinned);
            }
            slot.parts = 0;
        }
    }
}
