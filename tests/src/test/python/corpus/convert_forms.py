"""Conversions, moves and address conversions."""
from fractions import Fraction
from float_forms import name, numbers
from integer_forms import as_type, mask
from softfloat import F16, F32, F64, convert, to_integral
from writer import File, WIDTH, integers

INTEGERS = ["u8", "s8", "u16", "s16", "u32", "s32", "u64", "s64"]
N = 16


def limits(t):
    bits = WIDTH[t]
    return (-(1 << bits - 1), (1 << bits - 1) - 1) if t[0] == "s" else (0, mask(bits))


def clamp(x, t):
    low, high = limits(t)
    return max(low, min(high, x))


def stored(t):
    """Register and store type that hold a result of type t; narrow results are extended to 16 bits."""
    bits = max(16, WIDTH[t])
    return f"%d{bits}", f"b{bits}", bits


def near_limits(f):
    """Floating-point numbers around the ends of the integer types, and between integers."""
    values = []
    for t in INTEGERS:
        for limit in limits(t):
            for offset in [Fraction(-3, 2), Fraction(-1), Fraction(-1, 2), Fraction(0), Fraction(1, 2), Fraction(1), Fraction(3, 2)]:
                if limit + offset:
                    values.append(f.round(Fraction(limit) + offset, "rn"))
    return sorted(set(values))


def integer_conversions():
    for s in INTEGERS:
        values = integers(max(16, WIDTH[s]), N, [limits(t)[k] for t in INTEGERS for k in (0, 1)])
        file = File(f"cvt.integers.{s}", [(s, values)])
        for d in INTEGERS:
            register, kind, bits = stored(d)
            typed = [as_type(v, s) for v in values]
            file.row(f"cvt.{d}.{s}", f"cvt.{d}.{s} {register}, %a;", [as_type(v & mask(WIDTH[d]), d) & mask(bits) for v in typed], kind)
            if limits(d)[0] <= limits(s)[0] and limits(s)[1] <= limits(d)[1]:
                continue
            file.row(f"cvt.sat.{d}.{s}", f"cvt.sat.{d}.{s} {register}, %a;", [clamp(v, d) & mask(bits) for v in typed], kind)
        for f in (F32, F64):
            t = f"f{f.bits}"
            for rounding in ["rn", "rz", "rm", "rp"]:
                file.row(f"cvt.{rounding}.{t}.{s}", f"cvt.{rounding}.{t}.{s} %{t}, %a;",
                         [f.round(Fraction(v), rounding) if v else 0 for v in typed], t)
        yield file


def float_conversions():
    for f in (F32, F64):
        t = f"f{f.bits}"
        values = numbers(f, 24) + near_limits(f)[::3]
        file = File(f"cvt.integers.{t}", [(t, values)])
        for d in INTEGERS:
            register, kind, bits = stored(d)
            for rounding in ["rni", "rzi", "rmi", "rpi"]:
                for ftz in ["", "ftz"] if f is F32 else [""]:
                    def run(v):
                        v = f.flush(v) if ftz else v
                        if f.is_nan(v):
                            return 0
                        if f.is_infinite(v):
                            return limits(d)[0 if f.negative(v) else 1]
                        return clamp(to_integral(f.value(v), rounding), d)
                    form = name("cvt", rounding, ftz, d, t)
                    # 64-bit results of NaN differ between versions of the ISA; it is left out of the inputs there.
                    chosen = [run(v) & mask(bits) for v in values]
                    file.row(form, f"{form} {register}, %a;", chosen, kind)
                    if rounding == "rzi" and not ftz:
                        file.row(f"{form} with .sat", f"{name('cvt', rounding, 'sat', d, t)} {register}, %a;", chosen, kind)
        yield file
        file = File(f"cvt.floats.{t}", [(t, numbers(f, 30) + near_limits(f)[::9])])
        values = file.inputs[0][1]
        for ftz in ["", "ftz"]:
            for sat in ["", "sat"]:
                saturate = lambda g, v: g.saturate(v) if sat else v
                if f is F32:
                    form = name("cvt", ftz, sat, "f64.f32")
                    file.row(form, f"{form} %f64, %a;",
                             [saturate(F64, convert(F32.flush(v) if ftz else v, F32, F64, "rn")) for v in values], "f64")
                else:
                    for rounding in ["rn", "rz", "rm", "rp"]:
                        form = name("cvt", rounding, ftz, sat, "f32.f64")
                        results = [convert(v, F64, F32, rounding) for v in values]
                        file.row(form, f"{form} %f32, %a;",
                                 [saturate(F32, F32.flush(v) if ftz else v) for v in results], "f32")
                for rounding in ["", "rni", "rzi", "rmi", "rpi"] if f is F32 or not ftz else []:
                    def integral(v):
                        v = f.flush(v) if ftz else v
                        if f.is_nan(v):
                            return saturate(f, f.nan)
                        if rounding and not f.is_infinite(v):
                            n = to_integral(f.value(v), rounding)
                            v = f.round(Fraction(n), "rn") if n else f.zero(f.negative(v))
                        return saturate(f, v)
                    form = name("cvt", rounding, ftz, sat, t, t)
                    file.row(form, f"{form} %{t}, %a;", [integral(v) for v in values], t)
        yield file


def half_conversions():
    """Every exponent of binary16 with mantissas at both ends; and around each such number the floats that round to it or beyond."""
    halves = [sign | exponent << 10 | mantissa for sign in (0, 0x8000) for exponent in range(32) for mantissa in (0, 1, 2, 0x155, 0x200, 0x3ff)]
    file = File("cvt.f32.f16", [("b16", halves)])
    file.row("cvt.f32.f16", "cvt.f32.f16 %f32, %a;", [convert(v, F16, F32, "rn") for v in halves], "f32")
    yield file
    floats = [F32.nan, F32.nan | F32.sign_bit, F32.infinity, F32.inf(True), 1, F32.sign_bit | 1, 0x7f7fffff]
    for half in [v for v in halves if v < F16.infinity]:
        below = F32.round(F16.value(half), "rn") if half else 0
        above = F32.round(F16.value(half + 1), "rn") if half + 1 < F16.infinity else F32.round(Fraction(65536), "rn")
        tie = F32.round((F32.value(below) + F32.value(above)) / 2, "rn")
        floats += [below, tie - 1, tie, tie + 1, F32.sign_bit | tie]
    file = File("cvt.f16.f32", [("f32", floats)])
    # PTX makes every NaN of 16 bits the canonical one.
    file.row("cvt.rn.f16.f32", "cvt.rn.f16.f32 %d16, %a;", [0x7fff if F32.is_nan(v) else convert(v, F32, F16, "rn") for v in floats], "b16")
    yield file


def moves():
    for t in ["b16", "b32", "b64", "u16", "u32", "u64", "s16", "s32", "s64", "f32", "f64"]:
        values = integers(WIDTH[t], 8)
        if t[0] == "f":
            values = [v for v in numbers(F32 if t == "f32" else F64, 8)]
        register, kind = (f"%{t}", t) if t[0] == "f" else (f"%d{WIDTH[t]}", f"b{WIDTH[t]}")
        file = File(f"mov.{t}", [(t, values)])
        file.row(f"mov.{t}", f"mov.{t} {register}, %a;", values, kind)
        constant = {"f32": ("0fC0490FDB", 0xc0490fdb), "f64": ("0d4005BF0A8B145769", 0x4005bf0a8b145769)}.get(
            t, ("-5" if t[0] == "s" else "0xA5", -5 & mask(WIDTH[t]) if t[0] == "s" else 0xa5))
        file.row(f"mov.{t} of a constant", f"mov.{t} {register}, {constant[0]};", [constant[1]] * 8, kind)
        yield file
    file = File("mov.pred", [("b32", [0, 1])])
    file.body.append("setp.ne.b32 %q2, %a, 0;")
    file.row("mov.pred", "mov.pred %q, %q2;", [0, 1], "pred")
    yield file
    a, b = integers(32, 8), integers(32, 8)
    file = File("mov.pack", [("b32", a), ("b32", b), ("b64", integers(64, 8))],
                ".reg .b16 %h0, %h1, %h2, %h3; .reg .b32 %w0, %w1;")
    c = file.inputs[2][1]
    file.row("mov.b64 packs two", "mov.b64 %d64, {%a, %b};", [y << 32 | x for x, y in zip(a, b)], "b64")
    file.row("mov.b64 unpacks two, first", "mov.b64 {%w0, %w1}, %c;", [v & mask(32) for v in c], "b32", "%w0")
    file.row("mov.b64 unpacks two, second", [], [v >> 32 for v in c], "b32", "%w1")
    file.row("mov.b64 unpacks into a sink", "mov.b64 {_, %w1}, %c;", [v >> 32 for v in c], "b32", "%w1")
    file.row("mov.b32 unpacks two, first", "mov.b32 {%h0, %h1}, %a;", [v & mask(16) for v in a], "b16", "%h0")
    file.row("mov.b32 unpacks two, second", [], [v >> 16 for v in a], "b16", "%h1")
    file.row("mov.b32 packs two", "mov.b32 %d32, {%h1, %h0};", [(v & mask(16)) << 16 | v >> 16 for v in a])
    file.row("mov.b64 unpacks four, third", "mov.b64 {%h0, %h1, %h2, %h3}, %c;", [v >> 32 & mask(16) for v in c], "b16", "%h2")
    file.row("mov.b64 packs four", "mov.b64 %d64, {%h3, %h2, %h1, %h0};",
             [sum((v >> 16 * (3 - k) & mask(16)) << 16 * k for k in range(4)) for v in c], "b64")
    yield file


def address_conversions():
    values = integers(32, 4)
    places = {"global": "%scratch", "shared": "area", "local": "own", "const": "table", "param": "data"}
    for space, place in places.items():
        module = ".const .align 16 .b8 table[64] = {1, 2, 3, 4, 5, 6, 7, 8};" if space == "const" else ""
        declare = {"shared": ".shared .align 16 .b8 area[64];", "local": ".local .align 16 .b8 own[64];"}.get(space, "")
        file = File(f"cvta.{space}", [("b32", values)], declare, module=module, data=[0x1122334455667788, 2] if space == "param" else None)
        threads = file.threads
        file.body.append(f"mov.b64 %t64, {place};")
        if space == "shared":
            file.body.append("add.s64 %t64, %t64, %offset;")
        stored_value = {"const": 0x04030201, "param": 0x55667788}.get(space)
        # What is written through the one address is read through the other.
        if stored_value is None:
            file.body += [f"cvta.{space}.u64 %at, %t64;", "st.b32 [%at], %a;"]
            file.row(f"cvta.{space}.u64", f"ld.{space}.b32 %d32, [%t64];", values)
            file.row(f"cvta.to.{space}.u64", [f"cvta.to.{space}.u64 %d64, %at;", f"ld.{space}.b32 %d32, [%d64];"], values)
        else:
            file.row(f"cvta.{space}.u64", [f"cvta.{space}.u64 %at, %t64;", "ld.b32 %d32, [%at];"], [stored_value] * threads)
            file.row(f"cvta.to.{space}.u64", [f"cvta.to.{space}.u64 %d64, %at;", f"ld.{space}.b32 %d32, [%d64];"], [stored_value] * threads)
        yield file


def files():
    yield from integer_conversions()
    yield from float_conversions()
    yield from moves()
    yield from address_conversions()
    yield from half_conversions()
