package tandem.engine.cuda;

import jcuda.driver.JCudaDriver;

/** Results of driver calls with the driver's own texts. */
final class DriverCall {

    static final int OUT_OF_MEMORY = 2;
    static final int NO_DEVICE = 100;
    static final int NOT_READY = 600;

    private DriverCall() {}

    /** Such as {@code CUDA_ERROR_ILLEGAL_ADDRESS (700): an illegal memory access was encountered}. */
    static String describe(int result) {
        String[] name = new String[1];
        String[] text = new String[1];
        JCudaDriver.cuGetErrorName(result, name);
        JCudaDriver.cuGetErrorString(result, text);
        return (name[0] == null ? "CUDA error" : name[0]) + " (" + result + ")"
                + (text[0] == null ? "" : ": " + text[0]);
    }

    /**
     * Whether the context cannot be used after it: illegal address, assertion, hardware stack error, illegal
     * instruction, misaligned address, invalid address space, invalid program counter, launch timeout, launch failure,
     * uncorrectable memory and link errors, deinitialized driver, destroyed context (CUDA driver API, "CUresult").
     */
    static boolean sticky(int result) {
        return switch (result) {
            case 4, 214, 220, 226, 227, 700, 702, 709, 710, 714, 715, 716, 717, 718, 719 -> true;
            default -> false;
        };
    }
}
