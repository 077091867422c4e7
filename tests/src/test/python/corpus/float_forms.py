"""Floating-point arithmetic."""
import random
from fractions import Fraction
import mpmath
from softfloat import F32, F64, root
from writer import File

ROUNDINGS = ["", "rn", "rz", "rm", "rp"]
EDGES = {
    32: [0, 0x80000000, 0x3f800000, 0xbf800000, 0x40490fdb, 0x7f800000, 0xff800000, 0x7fc00000, 1, 0x80000001, 0x007fffff, 0x00800000,
         0x7f7fffff, 0xff7fffff, 0x3f7fffff, 0x4b800001, 0x33800000, 0x3eaaaaab, 0x00400000, 0xc2280000],
    64: [0, 1 << 63, 0x3ff0000000000000, 0xbff0000000000000, 0x400921fb54442d18, 0x7ff0000000000000, 0xfff0000000000000,
         0x7ff8000000000000, 1, (1 << 63) | 1, 0x000fffffffffffff, 0x0010000000000000, 0x7fefffffffffffff, 0xffefffffffffffff,
         0x3fefffffffffffff, 0x4340000000000001, 0x3ca0000000000000, 0x3fd5555555555555, 0x0008000000000000, 0xc045000000000000]}


def numbers(f, count, positive=False):
    """Edge cases in random order, mixed with random numbers of moderate size."""
    values = random.sample(EDGES[f.bits], len(EDGES[f.bits]))
    while len(values) < count:
        exponent = random.randint(f.emax - 30, f.emax + 30)
        values.append(random.getrandbits(1) << (f.bits - 1) | exponent << f.fraction_bits | random.getrandbits(f.fraction_bits))
    random.shuffle(values)
    return [v & ~f.sign_bit if positive else v for v in values[:count]]


def operands(f, count, n=26):
    columns = [numbers(f, n) for _ in range(count)]
    # Sums and products that cancel exactly, and ties.
    one = f.one
    tie = one | 1
    fixed = [[one, f.sign_bit | one, one], [f.sign_bit | one, one, one], [0, f.sign_bit, f.sign_bit], [f.sign_bit, one, f.sign_bit],
             [one, tie, f.sign_bit | tie], [tie, one + (1 << f.fraction_bits), tie]]
    for k, values in enumerate(fixed):
        for column, value in zip(columns, values):
            column[k] = value
    return columns


def modified(f, function, flags):
    """Applies .ftz and .sat around an operation."""
    def run(*values):
        if "ftz" in flags:
            values = [f.flush(v) for v in values]
        result = function(*values)
        if "ftz" in flags:
            result = f.flush(result)
        return f.saturate(result) if "sat" in flags else result
    return run


def name(*parts):
    return ".".join(p for p in parts if p)


def rounded(f, opcode, count, function, roundings, saturates):
    t = f"f{f.bits}"
    columns = operands(f, count)
    file = File(f"{opcode}.{t}", [(t, c) for c in columns])
    for rounding in roundings:
        for ftz in ["", "ftz"] if f is F32 else [""]:
            for sat in ["", "sat"] if f is F32 and saturates else [""]:
                form = name(opcode, rounding, ftz, sat, t)
                run = modified(f, lambda *v: function(*v, rounding or "rn"), [ftz, sat])
                file.row(form, f"{form} %{t}, {', '.join('%' + l for l in 'abc'[:count])};", [run(*v) for v in zip(*columns)], t)
    return file


def reference(f, function, domain=lambda x: True):
    """A function of mpmath as one on bit patterns, for finite arguments."""
    def run(x):
        with mpmath.workprec(400):
            value = f.value(x)
            result = function(mpmath.mpf(value.numerator) / value.denominator)
            if result == 0:
                return f.zero(f.negative(x))
            sign, mantissa, exponent, _ = result._mpf_
            exact = Fraction(int(mantissa)) * Fraction(2) ** exponent
            return f.round(-exact if sign else exact, "rn")
    return run


def arithmetic():
    for f in [F32, F64]:
        yield rounded(f, "add", 2, f.add, ROUNDINGS, True)
        yield rounded(f, "sub", 2, f.sub, ROUNDINGS, True)
        yield rounded(f, "mul", 2, f.mul, ROUNDINGS, True)
        yield rounded(f, "fma", 3, f.fma, ROUNDINGS[1:], True)
        yield rounded(f, "mad", 3, f.fma, ROUNDINGS[1:], True)
        yield rounded(f, "div", 2, f.div, ROUNDINGS[1:], False)
        yield rounded(f, "sqrt", 1, f.sqrt, ROUNDINGS[1:], False)
        yield rounded(f, "rcp", 1, lambda x, mode: f.div(f.one, x, mode), ROUNDINGS[1:], False)
        t = f"f{f.bits}"
        columns = operands(f, 2)
        file = File(f"compare-free.{t}", [(t, c) for c in columns])
        for ftz in ["", "ftz"] if f is F32 else [""]:
            for opcode, function in [("neg", lambda x: x ^ f.sign_bit), ("abs", lambda x: x & ~f.sign_bit)]:
                form = name(opcode, ftz, t)
                run = modified(f, function, [ftz])
                file.row(form, f"{form} %{t}, %a;", [run(v) for v in columns[0]], t)
            for opcode in ["min", "max"]:
                for nan in ["", "NaN"] if f is F32 else [""]:
                    form = name(opcode, ftz, nan, t)
                    run = modified(f, lambda a, b: f.minimum(a, b, bool(nan), opcode == "max"), [ftz])
                    file.row(form, f"{form} %{t}, %a, %b;", [run(*v) for v in zip(*columns)], t)
        file.row(f"copysign.{t}", f"copysign.{t} %{t}, %a, %b;",
                 [b & ~f.sign_bit | a & f.sign_bit for a, b in zip(*columns)], t)
        file.target = "sm_80"
        tests = {"finite": lambda x: not f.is_nan(x) and not f.is_infinite(x), "infinite": f.is_infinite,
                 "number": lambda x: not f.is_nan(x), "notanumber": f.is_nan, "subnormal": f.is_subnormal,
                 # A zero is normal for NVIDIA's assembler.
                 "normal": lambda x: not (f.is_nan(x) or f.is_infinite(x) or f.is_subnormal(x))}
        for test, function in tests.items():
            file.row(f"testp.{test}.{t}", f"testp.{test}.{t} %q, %a;", [int(function(v)) for v in columns[0]], "pred")
        yield file


def special(function, at_zero, at_minus_zero, at_infinity, at_minus_infinity):
    """Completes a function of finite numbers."""
    def run(f, x):
        if f.is_nan(x):
            return f.nan
        if f.is_infinite(x):
            return at_minus_infinity if f.negative(x) else at_infinity
        if f.is_zero(x):
            return at_minus_zero if f.negative(x) else at_zero
        return function(x)
    return run


def approximations():
    f, nan, inf = F32, F32.nan, F32.infinity
    minus = f.sign_bit
    negative_is_nan = lambda g: lambda x: nan if f.negative(x) else g(x)
    cases = {
        "rcp": (reference(f, lambda x: 1 / x), inf, inf | minus, 0, minus, "rel 1.2e-7"),
        "sqrt": (negative_is_nan(reference(f, mpmath.sqrt)), 0, minus, inf, nan, "rel 2.4e-7"),
        "rsqrt": (negative_is_nan(reference(f, lambda x: 1 / mpmath.sqrt(x))), inf, inf | minus, 0, nan, "rel 2.4e-7"),
        "sin": (reference(f, mpmath.sin), 0, minus, nan, nan, "abs 6.7e-7"),
        "cos": (reference(f, mpmath.cos), f.one, f.one, nan, nan, "abs 6.7e-7"),
        "ex2": (reference(f, lambda x: mpmath.power(2, max(min(x, 200), -200))), f.one, f.one, inf, 0, "rel 1.7e-7"),
        "lg2": (negative_is_nan(reference(f, lambda x: mpmath.log(x, 2))), inf | minus, inf | minus, inf, nan, "rel 2.3e-7 abs 2.3e-7"),
        "tanh": (reference(f, mpmath.tanh), 0, minus, f.one, f.one | minus, "rel 4.8e-4")}
    for opcode, (function, *ends, tolerance) in cases.items():
        values = numbers(f, 40)
        if opcode in ("sin", "cos"):
            values = [v for v in values if f.is_nan(v) or f.is_infinite(v) or abs(f.value(v)) < 60]
        if opcode == "tanh":
            values = [v for v in values if not f.is_subnormal(v)]
        file = File(f"{opcode}.approx.f32", [("f32", values)], target="sm_75")
        run = special(function, *ends)
        for ftz in ["", "ftz"] if opcode != "tanh" else [""]:
            form = name(opcode, "approx", ftz, "f32")
            exact = modified(f, lambda x: run(f, x), [ftz])
            file.row(form, f"{form} %f32, %a;", [exact(v) for v in values], "f32", tolerance=tolerance)
        yield file
    columns = operands(f, 2)
    file = File("div.approx.f32", [("f32", c) for c in columns])
    for form in ["div.full.f32", "div.full.ftz.f32", "div.approx.f32", "div.approx.ftz.f32"]:
        def quotient(a, b):
            if "approx" in form and not f.is_nan(b) and not f.is_infinite(b) and abs(f.value(b)) > 2**126 and not f.is_nan(a):
                return nan if f.is_infinite(a) else f.zero(f.negative(a) != f.negative(b))
            return f.div(a, b, "rn")
        run = modified(f, quotient, form.split("."))
        file.row(form, f"{form} %f32, %a, %b;", [run(*v) for v in zip(*columns)], "f32", tolerance="rel 2.4e-7")
    yield file
    g = F64
    values = numbers(g, 40)
    file = File("approx.f64", [("f64", values)])
    high = lambda x: x & 0xffffffff00000000
    flush = lambda x: x & g.sign_bit if g.is_subnormal(x) else x
    file.row("rcp.approx.ftz.f64", "rcp.approx.ftz.f64 %f64, %a;",
             [g.nan if g.is_nan(v) else high(flush(g.div(g.one, flush(high(v)), "rn"))) for v in values], "f64", tolerance="rel 2e-6")
    def rsqrt(x):
        if g.is_nan(x) or g.negative(x) and not g.is_zero(x):
            return g.nan
        if g.is_zero(x):
            return g.inf(g.negative(x))
        return 0 if g.is_infinite(x) else g.round(1 / root(g.value(x)), "rn")
    normal = [v for v in values if not g.is_subnormal(v)]
    file.row("rsqrt.approx.f64", "rsqrt.approx.f64 %f64, %a;", [rsqrt(v) for v in values], "f64", tolerance="rel 2e-6")
    yield file


def files():
    yield from arithmetic()
    yield from approximations()
