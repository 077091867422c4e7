"""Comparison and selection."""
import operator
from float_forms import numbers
from integer_forms import as_type, mask
from softfloat import F32, F64
from writer import File, WIDTH, integers

ORDER = {"eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge,
         "lo": operator.lt, "ls": operator.le, "hi": operator.gt, "hs": operator.ge}
COMBINE = {"and": operator.and_, "or": operator.or_, "xor": operator.xor}
N = 16


def float_comparisons(f):
    ordered = {name: (lambda c, o=o: c is not None and o(c, 0)) for name, o in list(ORDER.items())[:6]}
    unordered = {name + "u": (lambda c, o=o: c is None or o(c, 0)) for name, o in list(ORDER.items())[:6]}
    unordered = {("neu" if n == "neu" else n): v for n, v in unordered.items()}
    both = {**ordered, **unordered, "num": lambda c: c is not None, "nan": lambda c: c is None}
    return {name: (lambda a, b, g=g: int(g(f.compare(a, b)))) for name, g in both.items()}


def integer_comparisons(t):
    names = ["eq", "ne"] if t[0] == "b" else list(ORDER) if t[0] == "u" else list(ORDER)[:6]
    return {name: (lambda a, b, o=ORDER[name]: int(o(as_type(a, t), as_type(b, t)))) for name in names}


def columns_for(t):
    if t[0] == "f":
        f = F32 if t == "f32" else F64
        a, b = numbers(f, N + 8), numbers(f, N + 8)
        b[:4] = a[:4]
        a[4], b[4] = 0, f.sign_bit
        return [a, b]
    a, b = integers(WIDTH[t], N), integers(WIDTH[t], N)
    b[:4] = a[:4]
    return [a, b]


def comparisons():
    for t in ["b16", "b32", "b64", "u16", "u32", "u64", "s16", "s32", "s64", "f32", "f64"]:
        columns = columns_for(t)
        third = [(k * 5 >> 1) & 1 for k in range(len(columns[0]))]
        f = F32 if t == "f32" else F64
        compare = float_comparisons(f) if t[0] == "f" else integer_comparisons(t)
        file = File(f"setp.{t}", [(t, columns[0]), (t, columns[1]), ("b32", third)])
        file.body.append("setp.ne.b32 %q2, %c, 0;")
        file.declare = ".reg .pred %p;"
        pairs = list(zip(*columns))
        flushed = [(F32.flush(a), F32.flush(b)) for a, b in pairs]
        for name, function in compare.items():
            file.row(f"setp.{name}.{t}", f"setp.{name}.{t} %q, %a, %b;", [function(a, b) for a, b in pairs], "pred")
        first = list(compare)[0]
        if t == "f32":
            file.row(f"setp.{first}.ftz.f32", f"setp.{first}.ftz.f32 %q, %a, %b;", [compare[first](a, b) for a, b in flushed], "pred")
        for name, combine in COMBINE.items():
            results = [combine(compare[first](a, b), c) for (a, b), c in zip(pairs, third)]
            file.row(f"setp.{first}.{name}.{t}", f"setp.{first}.{name}.{t} %q, %a, %b, %q2;", results, "pred")
            negated = [combine(1 - compare[first](a, b), 1 - c) for (a, b), c in zip(pairs, third)]
            plain = [combine(compare[first](a, b), 1 - c) for (a, b), c in zip(pairs, third)]
            file.row(f"first of setp.{first}.{name}.{t}", f"setp.{first}.{name}.{t} %q|%p, %a, %b, !%q2;", plain, "pred")
            file.row(f"second of setp.{first}.{name}.{t}", [], negated, "pred", "%p")
        file.row(f"first of setp.{first}.{t}", f"setp.{first}.{t} %q|%p, %a, %b;", [compare[first](a, b) for a, b in pairs], "pred")
        file.row(f"second of setp.{first}.{t}", [], [1 - compare[first](a, b) for a, b in pairs], "pred", "%p")
        yield file
        file = File(f"set.{t}", [(t, columns[0]), (t, columns[1]), ("b32", third)])
        file.body.append("setp.ne.b32 %q2, %c, 0;")
        for d, truth in [("u32", mask(32)), ("s32", mask(32)), ("f32", 0x3f800000)]:
            kind = "f32" if d == "f32" else "b32"
            target = "%f32" if d == "f32" else "%d32"
            for name, function in compare.items():
                form = f"set.{name}.{d}.{t}"
                file.row(form, f"{form} {target}, %a, %b;", [truth * function(a, b) for a, b in pairs], kind)
            if t == "f32":
                form = f"set.{first}.ftz.{d}.{t}"
                file.row(form, f"{form} {target}, %a, %b;", [truth * compare[first](a, b) for a, b in flushed], kind)
            for name, combine in COMBINE.items():
                form = f"set.{first}.{name}.{d}.{t}"
                results = [truth * combine(compare[first](a, b), c) for (a, b), c in zip(pairs, third)]
                file.row(form, f"{form} {target}, %a, %b, %q2;", results, kind)
        yield file


def selections():
    for t in ["b16", "b32", "b64", "u16", "u32", "u64", "s16", "s32", "s64", "f32", "f64"]:
        a, b = integers(WIDTH[t], N), integers(WIDTH[t], N)
        if t[0] == "f":
            f = F32 if t == "f32" else F64
            a, b = numbers(f, N), numbers(f, N)
        selectors = integers(32, N, [0x80000000, 0x7fffffff, 0, 1])
        floats = numbers(F32, N)
        floats[:3] = [0, 0x80000000, 0x80000001]
        result, kind = (f"%{t}", t) if t[0] == "f" else (f"%d{WIDTH[t]}", f"b{WIDTH[t]}")
        file = File(f"select.{t}", [(t, a), (t, b), ("b32", selectors), ("f32", floats)])
        file.body.append("setp.lt.s32 %q2, %c, 0;")
        negative = [v >> 31 for v in selectors]
        file.row(f"selp.{t}", f"selp.{t} {result}, %a, %b, %q2;", [x if n else y for x, y, n in zip(a, b, negative)], kind)
        file.row(f"slct.{t}.s32", f"slct.{t}.s32 {result}, %a, %b, %c;", [y if n else x for x, y, n in zip(a, b, negative)], kind)
        first = lambda v: not F32.is_nan(v) and F32.ordered(v) >= 0
        file.row(f"slct.{t}.f32", f"slct.{t}.f32 {result}, %a, %b, %e;", [x if first(v) else y for x, y, v in zip(a, b, floats)], kind)
        file.row(f"slct.ftz.{t}.f32", f"slct.ftz.{t}.f32 {result}, %a, %b, %e;",
                 [x if first(F32.flush(v)) else y for x, y, v in zip(a, b, floats)], kind)
        yield file


def files():
    yield from comparisons()
    yield from selections()
