package tandem.kernels.translate.x86;

/** Machine code that takes one address. */
interface NativeCode {

    /** Runs it. */
    void run(long address);
}
