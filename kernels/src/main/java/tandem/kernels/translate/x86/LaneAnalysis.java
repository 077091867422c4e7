package tandem.kernels.translate.x86;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxRegister;
import tandem.kernels.ptx.PtxType;
import tandem.kernels.translate.forms.Kind;
import tandem.kernels.translate.graph.BasicBlock;
import tandem.kernels.translate.graph.Effects;

/**
 * Finds the {@link Shape} of each register where all eight lanes take the same path, so that the control flow has no
 * part in it. Registers that hold floats are vectors.
 */
final class LaneAnalysis {

    private static final Set<String> UNIFORM_SPECIAL = Set.of(
            "%ctaid.x",
            "%ctaid.y",
            "%ctaid.z",
            "%nctaid.x",
            "%nctaid.y",
            "%nctaid.z",
            "%ntid.x",
            "%ntid.y",
            "%ntid.z",
            "%tid.y",
            "%tid.z");

    /** What an instruction's result is, and what must be checked for it. */
    record Rule(Shape shape, Guard guard) {
        static final Rule VECTOR = new Rule(Shape.VECTOR, Guard.NONE);
        static final Rule UNIFORM = new Rule(Shape.UNIFORM, Guard.NONE);

        static Rule of(Shape shape) {
            return new Rule(shape, Guard.NONE);
        }
    }

    private final Map<PtxRegister, Kind> kinds;
    private final boolean quotients;
    private final Map<PtxRegister, Shape> shapes = new HashMap<>();

    /**
     * @param quotients whether divisions may be assumed to give the same in all lanes
     * @param zeroed registers that may be read before they are written
     */
    LaneAnalysis(
            Map<PtxRegister, Kind> kinds,
            Iterable<PtxInstruction> invariants,
            List<BasicBlock> blocks,
            List<PtxRegister> zeroed,
            boolean quotients) {
        this.kinds = kinds;
        this.quotients = quotients;
        zeroed.forEach(register -> shapes.put(register, isNumber(register) ? Shape.UNIFORM : Shape.VECTOR));
        invariants.forEach(this::visit);
        boolean changed = true;
        while (changed) {
            changed = false;
            for (BasicBlock block : blocks) {
                for (PtxInstruction i : block.instructions) {
                    changed |= visit(i);
                }
            }
        }
    }

    private boolean isNumber(PtxRegister register) {
        return kinds.get(register) == Kind.INT || kinds.get(register) == Kind.LONG;
    }

    /** The register's shape; a vector when nothing is known. */
    Shape of(PtxRegister register) {
        return shapes.getOrDefault(register, Shape.VECTOR);
    }

    /** Whether the instruction's result is scalar, so that it runs once for all lanes. */
    boolean scalar(PtxInstruction i) {
        List<PtxRegister> written = Effects.writes(i);
        return written.size() == 1
                && i.operands().get(0) instanceof Operand.Register
                && of(written.get(0)).scalar();
    }

    /** What must be checked where a scalar instruction runs. */
    Guard guard(PtxInstruction i) {
        return scalar(i) ? rule(i).guard() : Guard.NONE;
    }

    private boolean visit(PtxInstruction i) {
        List<PtxRegister> written = Effects.writes(i);
        if (written.isEmpty()) {
            return false;
        }
        Rule rule = rule(i);
        if (rule == null) {
            return false;
        }
        boolean changed = false;
        for (PtxRegister register : written) {
            Shape now = rule.shape();
            if (written.size() > 1 || !isNumber(register) || !(i.operands().get(0) instanceof Operand.Register)) {
                now = Shape.VECTOR;
            }
            Shape before = shapes.get(register);
            Shape met = before == null ? now : before.meet(now);
            changed |= !met.equals(before);
            shapes.put(register, met);
        }
        return changed;
    }

    /** The shape of an operand; null when it is not known yet. */
    Shape shape(Operand operand) {
        if (operand instanceof Operand.Register register) {
            return shapes.get(register.register());
        }
        if (operand instanceof Operand.Negated negated) {
            return shape(negated.operand());
        }
        if (operand instanceof Operand.Address address) {
            return shape(address.base());
        }
        if (operand instanceof Operand.Special special) {
            return special.name().equals("%tid.x")
                    ? Shape.linear(1)
                    : UNIFORM_SPECIAL.contains(special.name()) ? Shape.UNIFORM : Shape.VECTOR;
        }
        return operand instanceof Operand.IntegerLiteral || operand instanceof Operand.Symbol
                ? Shape.UNIFORM
                : Shape.VECTOR;
    }

    /** What the instruction gives; null when an operand is not known yet. */
    private Rule rule(PtxInstruction i) {
        List<Operand> sources = Effects.sources(i);
        boolean uniform = true;
        for (Operand source : sources) {
            if (source instanceof Operand.Vector) {
                return Rule.VECTOR;
            }
            Shape shape = shape(source);
            if (shape == null) {
                return null;
            }
            if (!shape.scalar()) {
                return Rule.VECTOR;
            }
            uniform &= shape.stride() == 0;
        }
        if (i.types().isEmpty() || i.type().isFloat() || i.has("cc") || i.has("sat") || sources.isEmpty()) {
            return Rule.VECTOR;
        }
        if (i.type() == PtxType.PRED) {
            return uniform && Set.of("and", "or", "xor", "not", "mov").contains(i.opcode())
                    ? Rule.UNIFORM
                    : Rule.VECTOR;
        }
        if (i.opcode().equals("ld")) {
            return uniform && i.type().bytes() >= 4 && !i.has("v2") && !i.has("v4") ? Rule.UNIFORM : Rule.VECTOR;
        }
        if (i.opcode().equals("cvt")) {
            return convert(i);
        }
        if (i.types().size() != 1 || i.type().bits() < 32) {
            return Rule.VECTOR;
        }
        return arithmetic(i, sources, uniform);
    }

    private Rule convert(PtxInstruction i) {
        PtxType to = i.types().get(0);
        PtxType from = i.types().get(1);
        if (to.isFloat() || from.isFloat() || from.bits() < 32 || !i.modifiers().isEmpty()) {
            return Rule.VECTOR;
        }
        PtxRegister target = ((Operand.Register) i.operands().get(0)).register();
        if (to.bits() < 32 || target.type().bits() != to.bits()) {
            return Rule.VECTOR;
        }
        Shape source = shape(i.operands().get(1));
        boolean widens = to.bits() > from.bits();
        return new Rule(source, widens && source.strided() ? Guard.WIDEN : Guard.NONE);
    }

    private Rule arithmetic(PtxInstruction i, List<Operand> sources, boolean uniform) {
        Shape a = shape(sources.get(0));
        Shape b = sources.size() > 1 ? shape(sources.get(1)) : null;
        Shape c = sources.size() > 2 ? shape(sources.get(2)) : null;
        switch (i.opcode()) {
            case "mov":
                return Rule.of(a);
            case "cvta":
                return i.has("local") ? Rule.VECTOR : Rule.of(a);
            case "add":
                return Rule.of(Shape.linear(a.stride() + b.stride()));
            case "sub":
                return Rule.of(Shape.linear(a.stride() - b.stride()));
            case "mul", "mad":
                return product(i, sources, uniform, c);
            case "shl":
                if (a.strided() && b.uniform() && sources.get(1) instanceof Operand.IntegerLiteral by) {
                    return by.value() >= 0 && by.value() < 24
                            ? Rule.of(Shape.linear(a.stride() << by.value()))
                            : Rule.VECTOR;
                }
                return uniform ? Rule.UNIFORM : Rule.VECTOR;
            case "shr", "div":
                if (i.opcode().equals("div") && i.type().bits() == 64) {
                    return Rule.VECTOR;
                }
                return quotient(a, b.uniform(), uniform);
            case LaneBlocks.DIVIDE:
                return quotient(a.strided() ? a : b, (a.uniform() || b.uniform()) && c.uniform(), uniform);
            case "and":
                if (a.strided() && sources.get(1) instanceof Operand.IntegerLiteral mask) {
                    boolean low = mask.value() > 0
                            && mask.value() < 1 << 24
                            && (mask.value() & mask.value() + 1) == 0
                            && a.stride() > 0;
                    return low ? new Rule(a, Guard.LOW_BITS) : Rule.VECTOR;
                }
                return uniform ? Rule.UNIFORM : Rule.VECTOR;
            case "setp":
                return compare(i, a, b, c, uniform);
            case "selp":
                return c.uniform() && a.equals(b) ? Rule.of(a) : Rule.VECTOR;
            case "or", "xor", "not", "neg", "min", "max":
                return uniform ? Rule.UNIFORM : Rule.VECTOR;
            case "rem":
                return uniform && i.type().bits() == 32 ? Rule.UNIFORM : Rule.VECTOR;
            default:
                return Rule.VECTOR;
        }
    }

    private Rule product(PtxInstruction i, List<Operand> sources, boolean uniform, Shape c) {
        if (i.has("hi")) {
            return uniform && i.type() == PtxType.U32 && i.opcode().equals("mul") ? Rule.UNIFORM : Rule.VECTOR;
        }
        Shape a = shape(sources.get(0));
        Shape b = shape(sources.get(1));
        Shape strided = a.strided() ? a : b;
        Operand other = sources.get(a.strided() ? 1 : 0);
        long stride = 0;
        Guard guard = Guard.NONE;
        if (strided.strided()) {
            if (!(other instanceof Operand.IntegerLiteral factor) || Math.abs(factor.value()) >= 1 << 24) {
                return Rule.VECTOR;
            }
            if (factor.value() < 0 && i.has("wide") && !i.type().isSigned()) {
                return Rule.VECTOR;
            }
            stride = strided.stride() * factor.value();
            guard = i.has("wide") ? Guard.WIDEN : Guard.NONE;
        }
        Shape result = Shape.linear(stride + (c == null ? 0 : c.stride()));
        return result.scalar() ? new Rule(result, guard) : Rule.VECTOR;
    }

    private Rule quotient(Shape dividend, boolean byUniform, boolean uniform) {
        if (uniform) {
            return Rule.UNIFORM;
        }
        return quotients && dividend.stride() > 0 && byUniform ? new Rule(Shape.UNIFORM, Guard.QUOTIENT) : Rule.VECTOR;
    }

    private Rule compare(PtxInstruction i, Shape a, Shape b, Shape combined, boolean uniform) {
        if (i.operands().get(0) instanceof Operand.Pair || i.types().size() != 1) {
            return Rule.VECTOR;
        }
        if (uniform) {
            return Rule.UNIFORM;
        }
        return a.stride() > 0 && b.uniform() && (combined == null || combined.uniform())
                ? new Rule(Shape.UNIFORM, Guard.COMPARE)
                : Rule.VECTOR;
    }
}
