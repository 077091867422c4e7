"""Matrix products of a warp. Fragments of mma and ldmatrix are laid out as the tables of the PTX ISA say; of wmma only what goes
through memory is known. All numbers are small enough that products and sums are exact."""
import random
import struct
from writer import File

LANES = 32
WMMA_SHAPES = [(16, 16, 16), (8, 32, 16), (32, 8, 16)]
BYTES = {"f16": 2, "bf16": 2, "tf32": 4, "f32": 4, "f64": 8, "s8": 1, "u8": 1, "s32": 4}


def shape_name(shape):
    return "m%dn%dk%d" % shape


def number(t):
    """A random element."""
    return {"s8": random.randint(-128, 127), "u8": random.randint(0, 255), "s32": random.randint(-10 ** 6, 10 ** 6)}.get(
        t, random.randint(-8, 8) / 2)


def encoded(t, value):
    return {"f16": lambda v: struct.pack("<e", v), "bf16": lambda v: struct.pack("<f", v)[2:], "tf32": lambda v: struct.pack("<f", v),
            "f32": lambda v: struct.pack("<f", v), "f64": lambda v: struct.pack("<d", v), "s8": lambda v: struct.pack("<b", v),
            "u8": lambda v: struct.pack("<B", v), "s32": lambda v: struct.pack("<i", v)}[t](value)


def bits(t, value):
    return int.from_bytes(encoded(t, value), "little")


def matrix(rows, columns, t):
    return [[number(t) for _ in range(columns)] for _ in range(rows)]


def wrapped(value, saturate):
    if saturate:
        return max(-2 ** 31, min(2 ** 31 - 1, value))
    return (value + 2 ** 31) % 2 ** 32 - 2 ** 31


def product(a, b, c, t, saturate=False):
    result = [[c[i][j] + sum(a[i][k] * b[k][j] for k in range(len(b))) for j in range(len(b[0]))] for i in range(len(a))]
    return [[wrapped(v, saturate) for v in row] for row in result] if t == "s32" else result


def image(m, t, layout, stride):
    """The bytes of a matrix in memory."""
    lines = m if layout == "row" else list(zip(*m))
    filler = encoded(t, 1)
    return b"".join(b"".join(encoded(t, v) for v in line) + filler * (stride - len(line)) for line in lines)


def variable(name, data):
    return f".global .align 32 .b8 {name}[{len(data)}] = {{" + ", ".join(map(str, data)) + "};"


def registers(letter, count, t):
    kind = {"f64": "f64", "f32": "f32"}.get(t, "b32")
    return f".reg .{kind} " + ", ".join(f"%{letter}{k}" for k in range(count)) + ";"


def braces(letter, count):
    return "{" + ", ".join(f"%{letter}{k}" for k in range(count)) + "}"


def wmma_registers(role, shape, t):
    """Registers of a fragment (PTX ISA, "Matrix Fragments for WMMA")."""
    m, n, k = shape
    if t == "f16" and role in "ab":
        return 8
    elements = {"a": m * k, "b": k * n, "c": m * n}[role]
    return elements // LANES if t == "f64" else elements * BYTES[t] // 4 // LANES


def wmma(a_type, c_type, d_type, shape, la, lb, lc, space="", padded=False, saturate=False, flags=""):
    """Loads A, B and C, multiplies, stores D, and reads it again."""
    m, n, k = shape
    a, b, c = matrix(m, k, a_type), matrix(k, n, a_type), matrix(m, n, c_type)
    if c_type == "s32":
        c[0][0], c[1][1] = 2 ** 31 - 1, -2 ** 31
    d = product(a, b, c, d_type, bool(saturate))
    strides = [(columns if layout == "row" else rows) + (16 // BYTES[t] if padded else 0)
               for rows, columns, layout, t in [(m, k, la, a_type), (k, n, lb, a_type), (m, n, lc, c_type), (m, n, lc, d_type)]]
    images = [image(x, t, layout, stride) for x, t, layout, stride in
              [(a, a_type, la, strides[0]), (b, a_type, lb, strides[1]), (c, c_type, lc, strides[2])]]
    d_bytes = strides[3] * (m if lc == "row" else n) * BYTES[d_type]
    names = ["ma", "mb", "mc", "md"]
    module = "\n".join(variable(x, data) for x, data in zip(names, images)) + f"\n.global .align 32 .b8 md[{d_bytes}];"
    counts = {r: wmma_registers(r, shape, t) for r, t in [("a", a_type), ("b", a_type), ("c", c_type)]}
    counts["d"] = wmma_registers("c", shape, d_type)
    declare = " ".join([registers("ra", counts["a"], a_type), registers("rb", counts["b"], a_type), registers("rc", counts["c"], c_type),
                        registers("rd", counts["d"], d_type), ".reg .b64 %pa, %pb, %pc, %pd, %e64;"])
    body = []
    sizes = [len(x) for x in images] + [d_bytes]
    for pointer, name in zip("abcd", names):
        body += [f"mov.b64 %p{pointer}, {name};", f"cvta.global.u64 %p{pointer}, %p{pointer};"]
    if space == ".shared":
        for pointer, size in zip("abcd", sizes):
            declare += f" .shared .align 32 .b8 sh{pointer}[{size}];"
            body += [f"mul.wide.u32 %e64, %me, 4;", f"add.s64 %at, %p{pointer}, %e64;", f"mov.b64 %t64, sh{pointer};", "add.s64 %e64, %e64, %t64;"]
            if pointer != "d":
                for at in range(0, size, 4 * LANES):
                    guard = "" if at + 4 * LANES <= size else f"setp.lt.u32 %q, %me, {(size - at) // 4};"
                    prefix = "" if not guard else "@%q "
                    body += ([guard] if guard else []) + [f"{prefix}ld.global.b32 %t32, [%at+{at}];", f"{prefix}st.shared.b32 [%e64+{at}], %t32;"]
            body.append(f"mov.b64 %p{pointer}, sh{pointer};")
        body.append("bar.warp.sync 0xffffffff;")
    stem = shape_name(shape)
    stride = [f", {s}" if padded else "" for s in strides]
    for role, layout, t, s in [("a", la, a_type, 0), ("b", lb, a_type, 1), ("c", lc, c_type, 2)]:
        body.append(f"wmma.load.{role}.sync.aligned.{layout}.{stem}{space}.{t} {braces('r' + role, counts[role])}, [%p{role}]{stride[s]};")
    types = {"f16": f"{d_type}.{c_type}", "bf16": "f32.bf16.bf16.f32", "tf32": "f32.tf32.tf32.f32", "f64": "f64.f64.f64.f64",
             "s8": "s32.s8.s8.s32", "u8": "s32.u8.u8.s32"}[a_type]
    form = f"wmma.mma.sync.aligned.{la}.{lb}.{stem}.{types}" + (".satfinite" if saturate else flags)
    body.append(f"{form} {braces('rd', counts['d'])}, {braces('ra', counts['a'])}, {braces('rb', counts['b'])}, {braces('rc', counts['c'])};")
    body += [f"wmma.store.d.sync.aligned.{lc}.{stem}{space}.{d_type} [%pd], {braces('rd', counts['d'])}{stride[3]};", "bar.warp.sync 0xffffffff;"]
    kind = {"f16": "b16", "s32": "b32"}.get(d_type, d_type)
    register = {"b16": "%d16", "b32": "%d32", "f32": "%f32", "f64": "%f64"}[kind]
    load = {"b16": "u16"}.get(kind, kind)
    name = f"wmma.{stem}.{a_type}.{c_type}.{d_type}.{la}.{lb}{space}{'.satfinite' if saturate else flags}"
    file = File(name, [], declare, target="sm_80", module=module, threads=LANES)
    file.body += body
    size = BYTES[d_type]
    if lc == "row":
        flat = [(i, j, i * strides[3] + j) for i in range(m) for j in range(n)]
    else:
        flat = [(i, j, j * strides[3] + i) for j in range(n) for i in range(m)]
    per = m * n // LANES
    for r in range(per):
        mine = [flat[t * per + r] for t in range(LANES)]
        # Along a line of the matrix, elements of one thread follow each other.
        line = n if lc == "row" else m
        gap = strides[3] - line
        code = [f"mul.lo.u32 %t32, %me, {per};", f"add.u32 %t32, %t32, {r};", f"div.u32 %d32, %t32, {line};",
                f"mad.lo.u32 %t32, %d32, {gap}, %t32;", f"mul.wide.u32 %e64, %t32, {size};", "add.s64 %at, %pd, %e64;",
                f"ld{space}.{load} {register}, [%at];"]
        file.row(f"{form} {'f32' if d_type == 'f32' else d_type} element {r}", code, [bits(d_type, d[i][j]) for i, j, _ in mine], kind)
    return file


def all_wmma():
    for a_type, c_type, d_type in [("f16", "f16", "f16"), ("f16", "f32", "f32"), ("f16", "f16", "f32"), ("f16", "f32", "f16"),
                                   ("bf16", "f32", "f32"), ("s8", "s32", "s32"), ("u8", "s32", "s32")]:
        for shape in WMMA_SHAPES:
            yield wmma(a_type, c_type, d_type, shape, "row", "row", "row", padded=True)
            yield wmma(a_type, c_type, d_type, shape, "col", "col", "col")
            if a_type in ("s8", "u8"):
                yield wmma(a_type, c_type, d_type, shape, "row", "col", "row", saturate=True)
    for a_type, c_type, d_type in [("f16", "f16", "f16"), ("f16", "f32", "f32"), ("bf16", "f32", "f32"), ("s8", "s32", "s32"), ("u8", "s32", "s32")]:
        for space in [".global", ".shared"]:
            yield wmma(a_type, c_type, d_type, (16, 16, 16), "row", "col", "row", space, padded=space == ".global")
    for shape, a_type, t in [((16, 16, 8), "tf32", "f32"), ((8, 8, 4), "f64", "f64")]:
        yield wmma(a_type, t, t, shape, "row", "row", "row", padded=True)
        yield wmma(a_type, t, t, shape, "col", "col", "col")
        for space in [".global", ".shared"]:
            yield wmma(a_type, t, t, shape, "row", "col", "row", space, flags=".rn" if t == "f64" else "")


def a_place(shape, t, lane, i):
    """Row and column of element i of A (PTX ISA, "Matrix Fragments for mma...")."""
    group, thread = lane >> 2, lane % 4
    m, n, k = shape
    if t in ("f16", "bf16"):
        if k == 8:
            return group if i < 2 else group + 8, thread * 2 + (i & 1)
        return group if 0 <= i < 2 or 4 <= i < 6 else group + 8, thread * 2 + (i & 1) + (0 if i < 4 else 8)
    if t == "tf32":
        if k == 4:
            return group if i == 0 else group + 8, thread
        return group if i in (0, 2) else group + 8, thread if i in (0, 1) else thread + 4
    if t == "f64":
        return group, thread
    if shape == (8, 8, 16):
        return group, thread * 4 + i
    if k == 16:
        return group if i < 4 else group + 8, thread * 4 + (i & 3)
    return group if 0 <= i < 4 or 8 <= i < 12 else group + 8, thread * 4 + (i & 3) + (0 if i < 8 else 16)


def b_place(shape, t, lane, i):
    group, thread = lane >> 2, lane % 4
    if t in ("f16", "bf16"):
        return thread * 2 + (i & 1) + (0 if i < 2 else 8), group
    if t == "tf32":
        return thread if i == 0 else thread + 4, group
    if t == "f64":
        return thread, group
    return thread * 4 + (i & 3) + (0 if i < 4 else 16), group


def c_place(shape, t, lane, i):
    group, thread = lane >> 2, lane % 4
    if shape[0] == 8:
        return group, thread * 2 + (i & 1)
    return group if i < 2 else group + 8, thread * 2 + (i & 1)


def fragment(m, place, shape, t, elements):
    """For each lane the registers."""
    size = BYTES[t]
    lanes = []
    for lane in range(LANES):
        data = b"".join(encoded(t, m[r][c]) for r, c in (place(shape, t, lane, i) for i in range(elements)))
        width = max(4, size)
        lanes.append([data[at:at + width] for at in range(0, len(data), width)])
    return lanes


def mma(shape, a_type, b_type, c_type, saturate=False):
    m, n, k = shape
    a, b, c = matrix(m, k, a_type), matrix(k, n, b_type), matrix(m, n, c_type)
    if c_type == "s32":
        c[0][0], c[1][1] = 2 ** 31 - 1, -2 ** 31
    d = product(a, b, c, c_type, saturate)
    form = f"mma.sync.aligned.{shape_name(shape)}.row.col" + (".satfinite" if saturate else "") + f".{c_type}.{a_type}.{b_type}.{c_type}"
    parts = {"a": fragment(a, a_place, shape, a_type, m * k // LANES), "b": fragment(b, b_place, shape, b_type, k * n // LANES),
             "c": fragment(c, c_place, shape, c_type, m * n // LANES)}
    results = fragment(d, c_place, shape, c_type, m * n // LANES)
    types = {"a": a_type, "b": b_type, "c": c_type}
    module = "\n".join(variable("m" + r, b"".join(b"".join(lane) for lane in parts[r])) for r in "abc")
    counts = {r: len(parts[r][0]) for r in "abc"}
    declare = " ".join(registers("r" + r, counts[r], types[r]) for r in "abc") + " " + registers("rd", counts["c"], c_type) + " .reg .b64 %e64;"
    name = f"mma.{shape_name(shape)}.{c_type}.{a_type}.{b_type}" + (".satfinite" if saturate else "")
    file = File(name, [], declare, target="sm_80", module=module, threads=LANES)
    for r in "abc":
        width = max(4, BYTES[types[r]])
        kind = {"f64": "f64", "f32": "f32"}.get(types[r], "b32")
        file.body += [f"mov.b64 %at, m{r};", f"mul.wide.u32 %e64, %me, {width * counts[r]};", "add.s64 %at, %at, %e64;"]
        file.body += [f"ld.global.{kind} %r{r}{q}, [%at+{width * q}];" for q in range(counts[r])]
    file.body.append(f"{form} {braces('rd', counts['c'])}, {braces('ra', counts['a'])}, {braces('rb', counts['b'])}, {braces('rc', counts['c'])};")
    kind = {"f64": "f64", "f32": "f32"}.get(c_type, "b32")
    for q in range(counts["c"]):
        file.row(f"{form} register {q}", [], [int.from_bytes(results[lane][q], "little") for lane in range(LANES)], kind, f"%rd{q}")
    return file


def all_mma():
    for shape in [(16, 8, 8), (16, 8, 16)]:
        yield mma(shape, "f16", "f16", "f32")
        yield mma(shape, "f16", "f16", "f16")
        yield mma(shape, "bf16", "bf16", "f32")
    for shape in [(16, 8, 4), (16, 8, 8)]:
        yield mma(shape, "tf32", "tf32", "f32")
    yield mma((8, 8, 4), "f64", "f64", "f64")
    for shape in [(8, 8, 16), (16, 8, 16), (16, 8, 32)]:
        for a_type in ["s8", "u8"]:
            for b_type in ["s8", "u8"]:
                for saturate in [False, True]:
                    yield mma(shape, a_type, b_type, "s32", saturate)


def ldmatrix():
    # Rows of 16 bytes, not in the order of lanes: lane i gives the address of row 5 i + 3 mod 32.
    rows = [(5 * i + 3) % 32 for i in range(LANES)]
    data = [random.getrandbits(16) for _ in range(8 * LANES)]
    module = variable("source", struct.pack("<256H", *data))
    file = File("ldmatrix", [], ".shared .align 16 .b8 area[512]; .reg .b64 %e64, %p64; .reg .b32 %r0, %r1, %r2, %r3, %s32;", target="sm_80",
                module=module, threads=LANES)
    file.body += ["mov.b64 %p64, source;", "mul.wide.u32 %e64, %me, 16;", "add.s64 %p64, %p64, %e64;", "mov.b64 %t64, area;", "add.s64 %e64, %e64, %t64;"]
    for at in range(0, 16, 4):
        file.body += [f"ld.global.b32 %t32, [%p64+{at}];", f"st.shared.b32 [%e64+{at}], %t32;"]
    file.body += ["bar.warp.sync 0xffffffff;", "mad.lo.u32 %s32, %me, 5, 3;", "and.b32 %s32, %s32, 31;", "mul.lo.u32 %s32, %s32, 16;",
                  "mov.u32 %t32, area;", "add.u32 %s32, %s32, %t32;", "cvt.u64.u32 %p64, %s32;", "cvta.shared.u64 %p64, %p64;"]
    for count in [1, 2, 4]:
        for trans in ["", ".trans"]:
            for space, pointer in [(".shared", "%s32"), (".shared::cta", "%s32"), ("", "%p64")]:
                form = f"ldmatrix.sync.aligned.m8n8.x{count}{trans}{space}.b16"
                file.body.append(f"{form} {braces('r', count)}, [{pointer}];")
                for q in range(count):
                    found = []
                    for lane in range(LANES):
                        line, first = lane // 4, 2 * (lane % 4)
                        places = [(line, first), (line, first + 1)] if not trans else [(first, line), (first + 1, line)]
                        low, high = (data[8 * rows[8 * q + r] + c] for r, c in places)
                        found.append(high << 16 | low)
                    file.row(f"{form} matrix {q}", [], found, "b32", f"%r{q}")
    return file


def files():
    yield from all_wmma()
    yield from all_mma()
    yield ldmatrix()
