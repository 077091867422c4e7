package tandem.kernels.ptx;

import java.util.List;

/**
 * A function with a body, before its calls are inlined: results and parameters are variables, the rest as in an entry.
 */
record PtxFunction(
        String name,
        List<PtxParameter> results,
        List<PtxParameter> parameters,
        List<PtxVariable> variables,
        List<PtxRegister> registers,
        List<Statement> body) {}
