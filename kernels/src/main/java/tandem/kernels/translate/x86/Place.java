package tandem.kernels.translate.x86;

/** An operand of a machine instruction: a register or memory. */
sealed interface Place {

    /** A vector or general register, by its number. */
    record Reg(int number) implements Place {}

    /**
     * Memory at a general register plus a displacement; or, when {@code label} is given, at that label plus the
     * displacement, relative to the instruction pointer.
     */
    record Mem(int base, int displacement, Code.Label label) implements Place {

        Mem(int base, long displacement) {
            this(base, narrow(displacement), null);
        }

        private static int narrow(long displacement) {
            if (displacement != (int) displacement) {
                throw new UnsupportedForm("an offset of " + displacement + " bytes");
            }
            return (int) displacement;
        }

        /** That many bytes behind. */
        Mem plus(long bytes) {
            return new Mem(base, narrow(displacement + bytes), label);
        }
    }

    static Reg reg(int number) {
        return new Reg(number);
    }
}
