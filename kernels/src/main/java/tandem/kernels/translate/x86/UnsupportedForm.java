package tandem.kernels.translate.x86;

import tandem.kernels.ptx.PtxInstruction;

/** A kernel, or an instruction of it, that cannot run as vector lanes; the kernel then runs as bytecode. */
final class UnsupportedForm extends RuntimeException {

    private static final long serialVersionUID = 1;

    UnsupportedForm(String reason) {
        super(reason, null, false, false);
    }

    UnsupportedForm(PtxInstruction instruction) {
        this(instruction.text());
    }
}
