"""Floats of 16 bits, f16 and bf16, alone and in pairs."""
from fractions import Fraction
from compare_forms import float_comparisons
from convert_forms import INTEGERS, clamp, near_limits, stored
from float_forms import modified, name
from integer_forms import as_type, mask
from softfloat import BF16, F16, F32, F64, convert, to_integral
from writer import File, WIDTH, integers
import random

FORMATS = {"f16": F16, "bf16": BF16}


def numbers(f, count):
    one, top = f.one, f.infinity
    values = [0, f.sign_bit, one, one | f.sign_bit, one + 1, top, top | f.sign_bit, f.nan, 1, f.sign_bit | 1, top - 1, top - 1 | f.sign_bit,
              1 << f.fraction_bits, (1 << f.fraction_bits) - 1, one - 1, one + (1 << f.fraction_bits)]
    while len(values) < count:
        near = random.randint(-3, 3) * (1 << f.fraction_bits) if len(values) % 2 else random.randint(-one, f.infinity - one - 1)
        values.append(random.getrandbits(1) << 15 | max(0, min(f.infinity - 1, one + near + random.getrandbits(f.fraction_bits))))
    random.shuffle(values)
    return values[:count]


def canonical(f, bits):
    return 0x7fff if f.is_nan(bits) else bits


def columns(f, count, n=96):
    result = [numbers(f, n) for _ in range(count)]
    fixed = [[f.one, f.sign_bit | f.one, f.one], [0, f.sign_bit, f.sign_bit], [f.one, f.one | 1, f.sign_bit | f.one | 1]]
    for k, values in enumerate(fixed):
        for column, value in zip(result, values):
            column[k] = value
    return result


def target(t, opcode):
    """The arithmetic of bf16 but for fma, minimum and maximum came with sm_90."""
    return "sm_90" if t == "bf16" and opcode in ("add", "sub", "mul", "setp", "tanh") else "sm_80"


def relu(f, x):
    return 0 if f.negative(x) and not f.is_nan(x) else x


def operation(t, opcode, count, function, variants):
    f = FORMATS[t]
    c = columns(f, count)
    file = File(f"{opcode}.{t}", [("b16", v) for v in c], target=target(t, opcode))
    pairs = File(f"{opcode}.{t}x2", [("b32", [v[k] | v[k - 1] << 16 for k in range(len(v))]) for v in c], target=target(t, opcode))
    letters = ", ".join("%" + l for l in "abc"[:count])
    for flags in variants:
        run = modified(f, function(flags), flags)
        results = [relu(f, run(*v)) if "relu" in flags else run(*v) for v in zip(*c)]
        # As the assembler does it: the bits of NaN change too, but for a single negated one.
        bits = results if t == "bf16" and opcode in ("neg", "abs") else [canonical(f, v) for v in results]
        results = results if t == "bf16" and opcode == "abs" else [canonical(f, v) for v in results]
        form = name(opcode, *flags, t)
        file.row(form, f"{form} %d16, {letters};", results, "b16")
        form = name(opcode, *flags, t + "x2")
        pairs.row(form, f"{form} %d32, {letters};", [bits[k] | bits[k - 1] << 16 for k in range(len(bits))], "b32")
    yield file
    yield pairs


def variants(*groups):
    result = [[]]
    for group in groups:
        result = [chosen + ([option] if option else []) for chosen in result for option in group]
    return result


def arithmetic():
    for t, f in FORMATS.items():
        half = t == "f16"
        rounding = ["", "rn"]
        flags = variants(rounding, ["", "ftz"], ["", "sat"]) if half else variants(rounding)
        for opcode, method in [("add", f.add), ("sub", f.sub), ("mul", f.mul)]:
            yield from operation(t, opcode, 2, lambda _, m=method: lambda a, b: m(a, b, "rn"), flags)
        flags = variants(["rn"], ["", "ftz"], ["", "sat", "relu"]) if half else variants(["rn"], ["", "relu"])
        yield from operation(t, "fma", 3, lambda _: lambda a, b, c: f.fma(a, b, c, "rn"), flags)
        flags = variants(["", "ftz"], ["", "NaN"]) if half else variants(["", "NaN"])
        yield from operation(t, "min", 2, lambda flags: lambda a, b: f.minimum(a, b, "NaN" in flags), flags)
        yield from operation(t, "max", 2, lambda flags: lambda a, b: f.minimum(a, b, "NaN" in flags, True), flags)
        flags = variants(["", "ftz"]) if half else [[]]
        yield from operation(t, "neg", 1, lambda _: lambda a: a ^ f.sign_bit, flags)
        yield from operation(t, "abs", 1, lambda _: lambda a: a & ~f.sign_bit, flags)


def comparisons():
    for t, f in FORMATS.items():
        c = columns(f, 2)
        file = File(f"setp.{t}", [("b16", v) for v in c], target=target(t, "setp"))
        compare = float_comparisons(f)
        for relation, function in compare.items():
            file.row(f"setp.{relation}.{t}", f"setp.{relation}.{t} %q, %a, %b;", [function(a, b) for a, b in zip(*c)], "pred")
        if t == "f16":
            file.row("setp.eq.ftz.f16", "setp.eq.ftz.f16 %q, %a, %b;", [compare["eq"](f.flush(a), f.flush(b)) for a, b in zip(*c)], "pred")
        yield file


def conversions():
    floats = [F32.nan, F32.infinity, F32.inf(True), 1, F32.sign_bit | 1, 0x7f7fffff, 0, F32.sign_bit, 0x477fefff, 0x477ff000, 0x7f7f7fff]
    for f in (F16, BF16):
        for bits in numbers(f, 24):
            if bits & 0x7fff < f.infinity:
                near = F32.round(f.value(bits), "rn") if bits & 0x7fff else bits << 16
                floats += [near, near + 1, near + (1 << 22 - f.fraction_bits), near + (1 << 22 - f.fraction_bits) + 1]
    floats = [v & 0xffffffff for v in floats]
    for t, f in FORMATS.items():
        file = File(f"cvt.more.{t}.f32", [("f32", floats)], target="sm_80")
        for rounding in ["rn", "rz"]:
            for flag in ["", "relu"]:
                results = [canonical(f, convert(v, F32, f, rounding)) for v in floats]
                results = [relu(f, v) for v in results] if flag else results
                form = name("cvt", rounding, flag, t, "f32")
                file.row(form, f"{form} %d16, %a;", results, "b16")
                form = name("cvt", rounding, flag, t + "x2", "f32")
                file.row(form, f"{form} %d32, %a, %a;", [v | v << 16 for v in results], "b32")
        yield file
        values = numbers(f, 64)
        file = File(f"cvt.more.{t}", [("b16", values)], target="sm_80" if t == "f16" else "sm_90")
        if t == "bf16":
            file.row("cvt.f32.bf16", "cvt.f32.bf16 %f32, %a;", [convert(v, f, F32, "rn") for v in values], "f32")
        else:
            file.row("cvt.f64.f16", "cvt.f64.f16 %f64, %a;", [convert(v, f, F64, "rn") for v in values], "f64")
            for mode in ["rni", "rzi", "rmi", "rpi"]:
                whole = [v if f.is_nan(v) or f.is_infinite(v) or f.is_zero(v) else
                         f.round(Fraction(n), "rn") if (n := to_integral(f.value(v), mode)) else f.zero(f.negative(v)) for v in values]
                file.row(f"cvt.{mode}.f16.f16", f"cvt.{mode}.f16.f16 %d16, %a;", [canonical(f, v) for v in whole], "b16")
        yield file
    values = [v for v in numbers(F16, 64) if not F16.is_nan(v)]
    file = File("cvt.integers.f16", [("b16", values)], target="sm_80")
    for d in INTEGERS:
        register, kind, bits = stored(d)
        low, high = (0, mask(WIDTH[d])) if d[0] == "u" else (-(1 << WIDTH[d] - 1), (1 << WIDTH[d] - 1) - 1)
        for mode in ["rni", "rzi", "rmi", "rpi"]:
            results = [(low if F16.negative(v) else high) if F16.is_infinite(v) else
                       0 if F16.is_zero(v) else clamp(to_integral(F16.value(v), mode), d) for v in values]
            file.row(f"cvt.{mode}.{d}.f16", f"cvt.{mode}.{d}.f16 {register}, %a;", [v & mask(bits) for v in results], kind)
    yield file
    for s in INTEGERS:
        values = integers(max(16, WIDTH[s]), 24, [2049, 2051, 65519, 65520, 1, 0])
        typed = [as_type(v, s) for v in values]
        file = File(f"cvt.f16.{s}", [(s, values)], target="sm_80")
        file.row(f"cvt.rn.f16.{s}", f"cvt.rn.f16.{s} %d16, %a;", [F16.round(Fraction(v), "rn") if v else 0 for v in typed], "b16")
        yield file
    doubles = [F64.nan, F64.infinity, F64.inf(True), 0, F64.sign_bit, 1]
    for bits in numbers(F16, 32):
        if 0 < bits & 0x7fff < F16.infinity:
            near = F64.round(F16.value(bits), "rn")
            doubles += [near, near + 1, near - 1, near + (1 << 41), near + (1 << 41) + 1, near + (1 << 41) - 1]
    file = File("cvt.f16.f64", [("f64", doubles)], target="sm_80")
    file.row("cvt.rn.f16.f64", "cvt.rn.f16.f64 %d16, %a;", [canonical(F16, convert(v, F64, F16, "rn")) for v in doubles], "b16")
    yield file
    file = File("cvt.tf32", [("f32", floats)], target="sm_80")
    results = [0x7fffffff if F32.is_nan(v) else v + 0x1000 & ~0x1fff & 0xffffffff for v in floats]
    file.row("cvt.rna.tf32.f32", "cvt.rna.tf32.f32 %d32, %a;", results, "b32")
    yield file


def approximations():
    """ex2 and tanh of numbers whose result is exact."""
    file = File("approximations.16", [("b16", [0, 0x8000, 0x7c00, 0xfc00])], target="sm_90")
    ex2 = [0x3c00, 0x3c00, 0x7c00, 0]
    file.row("ex2.approx.f16", "ex2.approx.f16 %d16, %a;", ex2, "b16")
    file.row("ex2.approx.f16x2", ["mov.b32 %t32, {%a, %a};", "ex2.approx.f16x2 %d32, %t32;"], [v | v << 16 for v in ex2], "b32")
    tanh = [0, 0x8000, 0x3c00, 0xbc00]
    file.row("tanh.approx.f16", "tanh.approx.f16 %d16, %a;", tanh, "b16")
    file.row("tanh.approx.f16x2", ["mov.b32 %t32, {%a, %a};", "tanh.approx.f16x2 %d32, %t32;"], [v | v << 16 for v in tanh], "b32")
    yield file
    file = File("approximations.bf16", [("b16", [0, 0x8000, 0x7f80, 0xff80])], target="sm_90")
    tanh = [0, 0x8000, 0x3f80, 0xbf80]
    file.row("tanh.approx.bf16", "tanh.approx.bf16 %d16, %a;", tanh, "b16")
    file.row("tanh.approx.bf16x2", ["mov.b32 %t32, {%a, %a};", "tanh.approx.bf16x2 %d32, %t32;"], [v | v << 16 for v in tanh], "b32")
    yield file


def system():
    """Calls of the functions that the driver provides, which are not taken here, and a pause."""
    module = """.extern .func __assertfail (.param .b64 p0, .param .b64 p1, .param .b32 p2, .param .b64 p3, .param .b64 p4);
.extern .func (.param .b32 r) vprintf (.param .b64 p0, .param .b64 p1);
.global .align 1 .b8 message[4] = {97, 37, 100, 0};"""
    file = File("system", [("u32", list(range(4)))], module=module)
    file.body += ["setp.gt.u32 %q, %a, 100;", "@%q bra CALLS;", "nanosleep.u32 20;", "bra BEHIND;", "CALLS:", "mov.u64 %d64, message;", "{",
                  ".param .b64 a0; .param .b64 a1; .param .b32 a2; .param .b64 a3; .param .b64 a4;",
                  "st.param.b64 [a0], %d64;", "st.param.b64 [a1], %d64;", "st.param.b32 [a2], 7;", "st.param.b64 [a3], %d64;", "st.param.b64 [a4], 1;",
                  "call.uni __assertfail, (a0, a1, a2, a3, a4);", "}", "{", ".param .b64 a0; .param .b64 a1; .param .b32 r0;",
                  "st.param.b64 [a0], %d64;", "st.param.b64 [a1], 0;", "call.uni (r0), vprintf, (a0, a1);", "}", "BEHIND:"]
    file.row("calls that are not taken", "mov.u32 %d32, 9;", [9] * 4)
    yield file


def files():
    for part in (arithmetic, comparisons, conversions, approximations, system):
        yield from part()
