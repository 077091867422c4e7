package tandem.kernels.translate.x86;

/** What {@link NativeBinding} makes a hidden class of for each code; itself bound to none. */
final class BoundCode implements NativeCode {

    @Override
    public native void run(long address);
}
