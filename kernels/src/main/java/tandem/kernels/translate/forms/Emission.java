package tandem.kernels.translate.forms;

import tandem.kernels.ptx.PtxInstruction;

/** Writes the bytecode of one instruction. The guard is already taken care of. */
@FunctionalInterface
interface Emission {

    /** Writes {@code instruction}, whose form is the one this emission was registered with. */
    void emit(Emitter emitter, PtxInstruction instruction);
}
