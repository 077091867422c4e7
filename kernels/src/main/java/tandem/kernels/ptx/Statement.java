package tandem.kernels.ptx;

/** One element of a body: a label or an instruction. */
public sealed interface Statement permits PtxLabel, PtxInstruction {

    /** Line of the PTX file, from 1. */
    int line();
}
