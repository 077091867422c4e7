package tandem.kernels.ptx;

import java.util.Locale;

/** The fundamental types of PTX (PTX ISA, section 5.2.1). */
public enum PtxType {
    S8(1, Kind.SIGNED),
    S16(2, Kind.SIGNED),
    S32(4, Kind.SIGNED),
    S64(8, Kind.SIGNED),
    U8(1, Kind.UNSIGNED),
    U16(2, Kind.UNSIGNED),
    U32(4, Kind.UNSIGNED),
    U64(8, Kind.UNSIGNED),
    B8(1, Kind.BITS),
    B16(2, Kind.BITS),
    B32(4, Kind.BITS),
    B64(8, Kind.BITS),
    F16(2, Kind.FLOAT),
    F32(4, Kind.FLOAT),
    F64(8, Kind.FLOAT),
    PRED(0, Kind.PREDICATE);

    /** How the bits of a type are read. */
    public enum Kind {
        SIGNED,
        UNSIGNED,
        BITS,
        FLOAT,
        PREDICATE
    }

    private final int bytes;
    private final Kind kind;

    PtxType(int bytes, Kind kind) {
        this.bytes = bytes;
        this.kind = kind;
    }

    /** Size in bytes; 0 for predicates, which have no address. */
    public int bytes() {
        return bytes;
    }

    /** Size in bits; 1 for predicates. */
    public int bits() {
        return this == PRED ? 1 : bytes * 8;
    }

    /** How the bits are read. */
    public Kind kind() {
        return kind;
    }

    /** Whether the type is {@code .f16}, {@code .f32} or {@code .f64}. */
    public boolean isFloat() {
        return kind == Kind.FLOAT;
    }

    /** Whether the type is a signed integer. */
    public boolean isSigned() {
        return kind == Kind.SIGNED;
    }

    /** The name without its dot, such as {@code f32}. */
    public String ptxName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The type called {@code name} (without dot), or null when no type is called so. */
    public static PtxType find(String name) {
        return switch (name) {
            case "s8" -> S8;
            case "s16" -> S16;
            case "s32" -> S32;
            case "s64" -> S64;
            case "u8" -> U8;
            case "u16" -> U16;
            case "u32" -> U32;
            case "u64" -> U64;
            case "b8" -> B8;
            case "b16" -> B16;
            case "b32" -> B32;
            case "b64" -> B64;
            case "f16" -> F16;
            case "f32" -> F32;
            case "f64" -> F64;
            case "pred" -> PRED;
            default -> null;
        };
    }
}
