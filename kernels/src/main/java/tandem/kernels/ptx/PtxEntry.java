package tandem.kernels.ptx;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A kernel.
 *
 * @param file name of the PTX file
 * @param line where the entry starts
 * @param name the entry's name
 * @param blockLimit the block size that it is compiled for, if it has a {@code .maxntid} or {@code .reqntid}
 * @param parameters in order, with their offsets in the packed block
 * @param variables shared and local variables declared in the body, and the module's shared variables that it mentions
 * @param dynamicSharedBytes size of the {@code extern} arrays in shared memory, which share one address
 * @param registers those the body mentions, by {@link PtxRegister#index}
 * @param body labels and instructions
 */
public record PtxEntry(
        String file,
        int line,
        String name,
        Optional<BlockLimit> blockLimit,
        List<PtxParameter> parameters,
        List<PtxVariable> variables,
        int dynamicSharedBytes,
        List<PtxRegister> registers,
        List<Statement> body) {

    /** Alignment in bytes of arrays whose size is given at launch. */
    public static final int OPEN_ALIGNMENT = 128;

    /** Local memory of a thread on every GPU (CUDA C++ Programming Guide, "Compute Capabilities"). */
    private static final int MAX_LOCAL_BYTES = 512 << 10;

    /** Size of the packed parameter block in bytes. */
    public int parameterBytes() {
        if (parameters.isEmpty()) {
            return 0;
        }
        PtxParameter last = parameters.get(parameters.size() - 1);
        return last.offset() + last.bytes();
    }

    /** Shared memory that a block takes for its variables, in bytes. */
    public int sharedBytes() {
        return bytesOf("shared") + dynamicSharedBytes;
    }

    /** The entry with that size of its {@code extern} arrays in shared memory. */
    public PtxEntry withDynamicShared(int bytes) {
        return bytes == dynamicSharedBytes
                ? this
                : new PtxEntry(file, line, name, blockLimit, parameters, variables, bytes, registers, body);
    }

    /** Whether it has arrays in shared memory whose size is given at launch. */
    public boolean hasDynamicShared() {
        return variables.stream().anyMatch(variable -> variable.space().equals("shared") && variable.bytes() == 0);
    }

    /** Local memory (arrays and spills of the compiler) that a thread takes, in bytes. */
    public int localBytes() {
        return bytesOf("local");
    }

    /** Instructions of the body. */
    public int instructionCount() {
        return (int) body.stream().filter(PtxInstruction.class::isInstance).count();
    }

    /** Where each variable of a state space lies, in bytes from the start of the memory that they share. */
    public Map<String, Long> layout(String space) {
        Map<String, Long> offsets = new LinkedHashMap<>();
        long end = 0;
        for (PtxVariable variable : variables) {
            if (variable.space().equals(space) && variable.bytes() > 0) {
                long start = (end + variable.alignment() - 1) / variable.alignment() * variable.alignment();
                offsets.put(variable.name(), start);
                end = start + variable.bytes();
            }
        }
        // Arrays of open size begin behind all others.
        for (PtxVariable variable : variables) {
            if (variable.space().equals(space) && variable.bytes() == 0) {
                offsets.put(variable.name(), (end + OPEN_ALIGNMENT - 1) / OPEN_ALIGNMENT * OPEN_ALIGNMENT);
            }
        }
        return offsets;
    }

    private int bytesOf(String space) {
        Map<String, Long> offsets = layout(space);
        long end = 0;
        for (PtxVariable variable : variables) {
            if (variable.space().equals(space)) {
                end = Math.max(end, offsets.get(variable.name()) + variable.bytes());
            }
        }
        int limit = space.equals("local") ? MAX_LOCAL_BYTES : Integer.MAX_VALUE / 2;
        if (end > limit) {
            throw new PtxException(
                    file,
                    line,
                    "entry " + name + " declares " + end + " bytes of ." + space + " memory; at most " + limit
                            + " are supported");
        }
        return (int) end;
    }
}
