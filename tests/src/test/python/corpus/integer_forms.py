"""Integer arithmetic, logic, shifts and bit fields."""
from writer import File, WIDTH, integers, signed

INTEGERS = ["u16", "s16", "u32", "s32", "u64", "s64"]
N = 14


def as_type(value, t):
    return signed(value, WIDTH[t]) if t[0] == "s" else value & ((1 << WIDTH[t]) - 1)


def divide(a, b):
    q = abs(a) // abs(b)
    return -q if (a < 0) != (b < 0) else q


def clamp32(x):
    return max(-2**31, min(2**31 - 1, x))


def kind(bits):
    return f"b{bits}"


def mask(bits):
    return (1 << bits) - 1


def simple(name, t, operands, rows, result_bits=None, inputs=None):
    """rows: (form, function of typed operands)."""
    bits = WIDTH[t]
    result_bits = result_bits or bits
    columns = inputs or [integers(bits, N) for _ in range(operands)]
    file = File(f"{name}.{t}", [(t, c) for c in columns])
    for form, function in rows:
        results = [function(*(as_type(v, t) for v in values)) & mask(result_bits) for values in zip(*columns)]
        file.row(form, f"{form} %d{result_bits}, {', '.join('%' + l for l in 'abce'[:operands])};", results, kind(result_bits))
    return file


def arithmetic():
    for t in INTEGERS:
        bits = WIDTH[t]
        rows = [(f"add.{t}", lambda a, b: a + b), (f"sub.{t}", lambda a, b: a - b), (f"mul.lo.{t}", lambda a, b: a * b),
                (f"mul.hi.{t}", lambda a, b: (a * b) >> bits), (f"min.{t}", min), (f"max.{t}", max)]
        if t == "s32":
            rows += [("add.sat.s32", lambda a, b: clamp32(a + b)), ("sub.sat.s32", lambda a, b: clamp32(a - b))]
        yield simple("arithmetic", t, 2, rows)
        yield simple("multiply-add", t, 3, [
            (f"mad.lo.{t}", lambda a, b, c: a * b + c), (f"mad.hi.{t}", lambda a, b, c: ((a * b) >> bits) + c),
            (f"sad.{t}", lambda a, b, c: c + abs(a - b))])
        divisors = [v or 3 for v in integers(bits, N)]
        dividends = integers(bits, N)
        if t[0] == "s":
            # The one quotient that does not fit is left out.
            divisors = [5 if as_type(d, t) == -1 and as_type(n, t) == -(1 << (bits - 1)) else d for n, d in zip(dividends, divisors)]
        if bits == 32:
            # Undefined in PTX; NVIDIA's assembler computes all ones for both (32 bits only).
            divisors[4], divisors[5] = 0, 0
        yield simple("division", t, 2, [(f"div.{t}", lambda a, b: divide(a, b) if b else -1),
                                        (f"rem.{t}", lambda a, b: a - b * divide(a, b) if b else -1)],
                     inputs=[dividends, divisors])
        if bits < 64:
            wide = File(f"wide.{t}", [(t, integers(bits, N)), (t, integers(bits, N)), (t[0] + str(2 * bits), integers(2 * bits, N))])
            a, b, c = [[as_type(v, u) for v in values] for u, values in wide.inputs]
            wide.row(f"mul.wide.{t}", f"mul.wide.{t} %d{2 * bits}, %a, %b;", [x * y & mask(2 * bits) for x, y in zip(a, b)],
                     kind(2 * bits))
            wide.row(f"mad.wide.{t}", f"mad.wide.{t} %d{2 * bits}, %a, %b, %c;",
                     [x * y + z & mask(2 * bits) for x, y, z in zip(a, b, c)], kind(2 * bits))
            yield wide
        if t[0] == "s":
            yield simple("sign", t, 1, [(f"neg.{t}", lambda a: -a), (f"abs.{t}", abs)])
    for t in ["u32", "s32"]:
        low = (lambda v: signed(v, 24)) if t == "s32" else (lambda v: v & mask(24))
        yield simple("mul24", t, 3, [
            (f"mad24.lo.{t}", lambda a, b, c: low(a) * low(b) + c),
            (f"mad24.hi.{t}", lambda a, b, c: ((low(a) * low(b)) >> 16) + c)])
        file = simple("product24", t, 2, [
            (f"mul24.lo.{t}", lambda a, b: low(a) * low(b)), (f"mul24.hi.{t}", lambda a, b: (low(a) * low(b)) >> 16)])
        yield file
    columns = [integers(32, N) for _ in range(3)]
    file = File("dp4a", [("b32", c) for c in columns])
    for x in ["u32", "s32"]:
        for y in ["u32", "s32"]:
            part = lambda v, k, t: as_type(v >> 8 * k, t[0] + "8") if t[0] == "u" else signed(v >> 8 * k, 8)
            file.row(f"dp4a.{x}.{y}", f"dp4a.{x}.{y} %d32, %a, %b, %c;",
                     [sum((part(a, k, x) if x == "s32" else (a >> 8 * k) & 255) * (part(b, k, y) if y == "s32" else (b >> 8 * k) & 255)
                          for k in range(4)) + c & mask(32) for a, b, c in zip(*columns)])
    yield file


def logic():
    for t in ["b16", "b32", "b64"]:
        bits = WIDTH[t]
        yield simple("logic", t, 2, [(f"and.{t}", lambda a, b: a & b), (f"or.{t}", lambda a, b: a | b),
                                     (f"xor.{t}", lambda a, b: a ^ b)])
        yield simple("complement", t, 1, [(f"not.{t}", lambda a: ~a), (f"cnot.{t}", lambda a: int(a == 0))])
    file = File("logic.pred", [("b32", [0, 0, 1, 1]), ("b32", [0, 1, 0, 1])])
    file.body += ["setp.ne.b32 %q, %a, 0;", "setp.ne.b32 %q2, %b, 0;"]
    file.declare = ".reg .pred %p;"
    for name, function in [("and", lambda a, b: a & b), ("or", lambda a, b: a | b), ("xor", lambda a, b: a ^ b)]:
        file.row(f"{name}.pred", f"{name}.pred %p, %q, %q2;", [function(a, b) for a, b in zip([0, 0, 1, 1], [0, 1, 0, 1])], "pred", "%p")
    file.row("not.pred", "not.pred %p, %q;", [1, 1, 0, 0], "pred", "%p")
    yield file
    amounts = [0, 1, 5, 15, 16, 17, 31, 32, 33, 63, 64, 65, 255, 0xffffffff]
    for t in ["b16", "b32", "b64", "u16", "u32", "u64", "s16", "s32", "s64"]:
        bits = WIDTH[t]
        values = integers(bits, len(amounts), [0x5a5a5a5a5a5a5a5a, -1, 1 << (bits - 1)])
        file = File(f"shift.{t}", [(t, values), ("u32", amounts)])
        if t[0] == "b":
            file.row(f"shl.{t}", f"shl.{t} %d{bits}, %a, %b;", [v << min(n, bits) & mask(bits) for v, n in zip(values, amounts)], kind(bits))
            file.row(f"shl.{t} by a constant", f"shl.{t} %d{bits}, %a, 3;", [v << 3 & mask(bits) for v in values], kind(bits))
            file.row(f"shl.{t} by all bits", f"shl.{t} %d{bits}, %a, {bits};", [0 for v in values], kind(bits))
        file.row(f"shr.{t}", f"shr.{t} %d{bits}, %a, %b;", [as_type(v, t) >> min(n, bits) & mask(bits) for v, n in zip(values, amounts)],
                 kind(bits))
        file.row(f"shr.{t} by a constant", f"shr.{t} %d{bits}, %a, 3;", [as_type(v, t) >> 3 & mask(bits) for v in values], kind(bits))
        yield file
    low, high = integers(32, len(amounts)), integers(32, len(amounts))
    file = File("shf.b32", [("b32", low), ("b32", high), ("u32", amounts)])
    for mode in ["clamp", "wrap"]:
        by = [min(n, 32) if mode == "clamp" else n & 31 for n in amounts]
        joined = [h << 32 | l for l, h in zip(low, high)]
        file.row(f"shf.l.{mode}.b32", f"shf.l.{mode}.b32 %d32, %a, %b, %c;", [(j << n) >> 32 & mask(32) for j, n in zip(joined, by)])
        file.row(f"shf.r.{mode}.b32", f"shf.r.{mode}.b32 %d32, %a, %b, %c;", [j >> n & mask(32) for j, n in zip(joined, by)])
    yield file


def bit_fields():
    columns = [integers(32, N) for _ in range(3)]
    file = File("lop3.b32", [("b32", c) for c in columns])
    for table in [0x00, 0xff, 0x80, 0xe8, 0x96, 0xca, 0x1b]:
        def function(a, b, c):
            return sum(((table >> ((a >> k & 1) * 4 + (b >> k & 1) * 2 + (c >> k & 1))) & 1) << k for k in range(32))
        file.row("lop3.b32", f"lop3.b32 %d32, %a, %b, %c, {table};", [function(*v) for v in zip(*columns)])
    yield file
    selectors = integers(32, N, [0x3210, 0x7654, 0xfedc, 0x8888, 0x0123])
    file = File("prmt.b32", [("b32", columns[0]), ("b32", columns[1]), ("b32", selectors)])
    tables = {"f4e": [0x3210, 0x4321, 0x5432, 0x6543], "b4e": [0x5670, 0x6701, 0x7012, 0x0123], "rc8": [0x0000, 0x1111, 0x2222, 0x3333],
              "ecl": [0x3210, 0x3211, 0x3222, 0x3333], "ecr": [0x0000, 0x1110, 0x2210, 0x3210], "rc16": [0x1010, 0x3232, 0x1010, 0x3232]}

    def permute(a, b, selector):
        result = 0
        for k in range(4):
            nibble = selector >> 4 * k & 15
            byte = (b << 32 | a) >> 8 * (nibble & 7) & 255
            result |= ((255 if byte >> 7 else 0) if nibble & 8 else byte) << 8 * k
        return result

    file.row("prmt.b32", "prmt.b32 %d32, %a, %b, %c;", [permute(a, b, s) for a, b, s in zip(columns[0], columns[1], selectors)])
    for mode, table in tables.items():
        file.row(f"prmt.b32.{mode}", f"prmt.b32.{mode} %d32, %a, %b, %c;",
                 [permute(a, b, table[s & 3]) for a, b, s in zip(columns[0], columns[1], selectors)])
    yield file
    for bits in [32, 64]:
        t = f"b{bits}"
        values = integers(bits, N)
        file = File(f"bits.{t}", [(t, values)])
        file.row(f"popc.{t}", f"popc.{t} %d32, %a;", [bin(v).count("1") for v in values])
        file.row(f"clz.{t}", f"clz.{t} %d32, %a;", [bits - v.bit_length() for v in values])
        file.row(f"brev.{t}", f"brev.{t} %d{bits}, %a;", [int(f"{v:0{bits}b}"[::-1], 2) for v in values], kind(bits))
        for s in ["u", "s"]:
            find = lambda v: (~v & mask(bits) if s == "s" and v >> (bits - 1) else v).bit_length() - 1
            file.row(f"bfind.{s}{bits}", f"bfind.{s}{bits} %d32, %a;", [find(v) & mask(32) for v in values])
            file.row(f"bfind.shiftamt.{s}{bits}", f"bfind.shiftamt.{s}{bits} %d32, %a;",
                     [(bits - 1 - find(v) if find(v) >= 0 else -1) & mask(32) for v in values])
        yield file
        values = integers(bits, 16, [0x8765432187654321, -1])
        positions = [0, 0, 3, 7, 31, 32, 20, 63, 64, 255, 1, 16, 5, 30, 62, 256 + 4]
        lengths = [0, 32, 5, 1, 1, 4, 31, 64, 3, 8, 255, 16, 64, 2, 2, 256 + 3]
        file = File(f"fields.{t}", [(t, values), ("u32", positions), ("u32", lengths), (t, integers(bits, 16))])
        for s in ["u", "s"]:
            def extract(a, position, length):
                if bits == 32:  # In 64 bits, NVIDIA's assembler uses the whole numbers.
                    position, length = position & 255, length & 255
                top = a >> (bits - 1) if s == "s" else 0
                sign = 0 if s == "u" or length == 0 else a >> min(position + length - 1, bits - 1) & 1
                return sum(((a >> position + k & 1) if k < length and position + k < bits else sign) << k for k in range(bits))

            file.row(f"bfe.{s}{bits}", f"bfe.{s}{bits} %d{bits}, %a, %b, %c;",
                     [extract(*v) for v in zip(values, positions, lengths)], kind(bits))

        def insert(a, b, position, length):
            if bits == 32:
                position, length = position & 255, length & 255
            for k in range(length):
                if position + k < bits:
                    b = b & ~(1 << position + k) | (a >> k & 1 if k < bits else 0) << position + k
            return b
        file.row(f"bfi.b{bits}", f"bfi.b{bits} %d{bits}, %a, %e, %b, %c;",
                 [insert(a, e, p, l) for a, p, l, e in zip(values, positions, lengths, file.inputs[3][1])], kind(bits))
        yield file


def carries():
    for t in ["u32", "s32", "u64", "s64"]:
        bits = WIDTH[t]
        columns = [integers(bits, N, [-1, 0, 1 << (bits - 1)]) for _ in range(4)]
        columns[1][:4] = [mask(bits), 0, 1, mask(bits)]
        file = File(f"carry.{t}", [(t, c) for c in columns])
        rows = list(zip(*columns))
        high = lambda a, b: (as_type(a, t) * as_type(b, t)) >> bits & mask(bits)
        low = lambda a, b: a * b & mask(bits)

        def both(first, second, function):
            """Two instructions that share the flag; function gives the two sums before they are cut to the width."""
            low_code, high_code = f"{first}.{t} %d{bits}, %a, %b;", f"{second}.{t} %d{bits}, %c, %e;"
            if "mad" in first:
                low_code, high_code = f"{first}.{t} %d{bits}, %a, %b, %c;", f"{second}.{t} %d{bits}, %b, %c, %e;"
            values = [function(*row) for row in rows]
            file.row(f"{first}.{t}", low_code, [v[0] & mask(bits) for v in values], kind(bits))
            file.row(f"{second}.{t} behind it", high_code, [v[1] & mask(bits) for v in values], kind(bits))
            if second.endswith(".cc"):
                # A difference sets the flag when nothing was borrowed.
                flip = 1 if second == "subc.cc" else 0
                file.row(f"addc.{t} shows the flag of {second}", f"addc.{t} %d{bits}, 0, 0;",
                         [v[1] >> bits & 1 ^ flip for v in values], kind(bits))

        for second in ["addc", "addc.cc"]:
            both("add.cc", second, lambda a, b, c, e: (a + b, c + e + (a + b >> bits)))
        for second in ["subc", "subc.cc"]:
            both("sub.cc", second, lambda a, b, c, e: (a - b, c - e - (a < b)))
        both("sub.cc", "addc", lambda a, b, c, e: (a - b, c + e + (a >= b)))
        both("add.cc", "subc", lambda a, b, c, e: (a + b, c - e - 1 + (a + b >> bits)))
        for first, p in [("mad.lo.cc", low), ("mad.hi.cc", high)]:
            for second, q in [("madc.lo", low), ("madc.lo.cc", low), ("madc.hi", high), ("madc.hi.cc", high)]:
                both(first, second, lambda a, b, c, e: (p(a, b) + c, q(b, c) + e + (p(a, b) + c >> bits)))
        yield file


def files():
    yield from arithmetic()
    yield from carries()
    yield from logic()
    yield from bit_fields()
