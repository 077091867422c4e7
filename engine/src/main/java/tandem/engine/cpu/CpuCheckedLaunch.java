package tandem.engine.cpu;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tandem.engine.LaunchArguments;
import tandem.engine.Memory;
import tandem.engine.memory.Allocations;
import tandem.engine.memory.BufferCommand;
import tandem.kernels.Grid;
import tandem.kernels.translate.AccessCount;
import tandem.kernels.translate.HostKernel;
import tandem.kernels.translate.MemoryMap;

/**
 * A launch of a kernel translated in checked mode, all of it in the calling thread. The kernel may touch the memory of
 * its arguments and nothing else, so that reading past a tensor is an error even inside its arena.
 */
final class CpuCheckedLaunch extends BufferCommand {

    private final HostKernel kernel;
    private final Grid grid;
    private final LaunchArguments arguments;
    private final MemoryMap allowed;

    CpuCheckedLaunch(Allocations owner, HostKernel kernel, Grid grid, LaunchArguments arguments, AccessCount accesses) {
        super(kernel.entry().name(), owner, arguments.memories());
        this.kernel = kernel;
        this.grid = grid;
        this.arguments = arguments;
        this.allowed = new MemoryMap(accesses);
        for (Memory range : merged(arguments.memories())) {
            // Device memory starts as zeros, so all of it counts as written.
            allowed.add(name(arguments, range), range.address(), range.bytes(), true);
        }
    }

    /** The ranges without overlaps: an argument may be passed twice, or be a part of another. */
    private static List<Memory> merged(List<Memory> memories) {
        List<Memory> sorted = new ArrayList<>(memories);
        sorted.removeIf(memory -> memory.bytes() == 0);
        sorted.sort(Comparator.comparingLong(Memory::address));
        List<Memory> ranges = new ArrayList<>();
        for (Memory memory : sorted) {
            Memory last = ranges.isEmpty() ? Memory.NONE : ranges.get(ranges.size() - 1);
            if (!ranges.isEmpty() && memory.address() < last.address() + last.bytes()) {
                long end = Math.max(last.address() + last.bytes(), memory.address() + memory.bytes());
                ranges.set(ranges.size() - 1, new Memory(last.address(), end - last.address()));
            } else {
                ranges.add(memory);
            }
        }
        return ranges;
    }

    private static String name(LaunchArguments arguments, Memory range) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < arguments.memories().size(); i++) {
            Memory memory = arguments.memories().get(i);
            if (memory.bytes() > 0
                    && memory.address() >= range.address()
                    && memory.address() < range.address() + range.bytes()) {
                names.add("memory argument " + (i + 1));
            }
        }
        return String.join(", ", names);
    }

    @Override
    protected void execute() {
        kernel.run(grid, NativeMemory.addressOf(arguments.packed()), 0, Math.toIntExact(grid.blocks()), allowed);
        java.lang.ref.Reference.reachabilityFence(arguments);
    }
}
