package tandem.kernels.ptx;

import java.util.List;

/** An operand of an instruction. */
public sealed interface Operand {

    /** A declared register. */
    record Register(PtxRegister register) implements Operand {
        @Override
        public String toString() {
            return register.name();
        }
    }

    /** A read-only register of the machine, such as {@code %tid.x}. */
    record Special(String name) implements Operand {
        @Override
        public String toString() {
            return name;
        }
    }

    /** An integer constant, sign-extended to 64 bits. */
    record IntegerLiteral(long value) implements Operand {
        @Override
        public String toString() {
            return Long.toString(value);
        }
    }

    /**
     * A floating-point constant; {@code single} when it was written {@code 0f...}, so that the 32 bits are kept
     * exactly.
     */
    record FloatLiteral(long bits, boolean single) implements Operand {
        /** The value, widened from single precision where it was written so. */
        public double value() {
            return single ? Float.intBitsToFloat((int) bits) : Double.longBitsToDouble(bits);
        }

        @Override
        public String toString() {
            return single ? String.format("0f%08X", (int) bits) : String.format("0d%016X", bits);
        }
    }

    /** The address of a variable or parameter, plus an offset in bytes; or, for branches, a label. */
    record Symbol(String name, long offset) implements Operand {
        @Override
        public String toString() {
            return offset == 0 ? name : name + "+" + offset;
        }
    }

    /** A memory operand: {@code [base+offset]}, base a register, a symbol or an integer. */
    record Address(Operand base, long offset) implements Operand {
        @Override
        public String toString() {
            return "[" + base + (offset == 0 ? "" : "+" + offset) + "]";
        }
    }

    /** A texture or surface operand: {@code [handle, {x, y}]}. */
    record Texel(Operand handle, List<Operand> coordinates) implements Operand {
        @Override
        public String toString() {
            return "[" + handle + ", " + new Vector(coordinates) + "]";
        }
    }

    /** A brace-enclosed list, as of {@code ld.v4} or {@code mov.b64 {lo, hi}}. */
    record Vector(List<Operand> elements) implements Operand {
        @Override
        public String toString() {
            return elements.toString().replace('[', '{').replace(']', '}');
        }
    }

    /** Two destinations written {@code d|p}. */
    record Pair(Operand first, Operand second) implements Operand {
        @Override
        public String toString() {
            return first + "|" + second;
        }
    }

    /** A negated predicate, {@code !p}. */
    record Negated(Operand operand) implements Operand {
        @Override
        public String toString() {
            return "!" + operand;
        }
    }

    /** The bit bucket {@code _}: a destination that is not read. */
    record Sink() implements Operand {
        @Override
        public String toString() {
            return "_";
        }
    }

    /** The parenthesised argument or result list of a call. */
    record Arguments(List<Operand> elements) implements Operand {
        @Override
        public String toString() {
            return elements.toString().replace('[', '(').replace(']', ')');
        }
    }
}
