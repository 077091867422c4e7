"""Loads, stores, atomic operations, fences and prefetches."""
import random
import struct
from float_forms import numbers
from integer_forms import as_type, mask
from softfloat import F32, F64
from writer import File, WIDTH, integers

SCALARS = ["u8", "s8", "b8", "u16", "s16", "b16", "u32", "s32", "b32", "u64", "s64", "b64", "f32", "f64"]
DATA = [random.getrandbits(64) for _ in range(4)]
DATA_BYTES = struct.pack("<4Q", *DATA)
SPACES = ["", "global", "shared", "local", "const", "param"]


def dotted(*parts):
    return ".".join(p for p in parts if p)


def prepared(space):
    """Statements that put DATA at [%base], and what must be declared for it."""
    fill = [f"st.{space or 'global'}.b64 [%base+{8 * k}], {value};" for k, value in enumerate(DATA)] if space not in ("const", "param") else []
    base = {"": "%scratch", "global": "%scratch", "shared": "area", "local": "own", "const": "table", "param": "data"}[space]
    declare = ".reg .b64 %base; "
    declare += {"shared": ".shared .align 16 .b8 area[32];", "local": ".local .align 16 .b8 own[32];"}.get(space, "")
    module = ".const .align 16 .b8 table[32] = {" + ", ".join(map(str, DATA_BYTES)) + "};" if space == "const" else ""
    return declare, module, [f"mov.b64 %base, {base};"] + fill


def element(t, offset):
    """The value that a load of type t at offset brings, extended to 64 bits where it is an integer."""
    bits = WIDTH[t]
    value = int.from_bytes(DATA_BYTES[offset:offset + bits // 8], "little")
    return value if t[0] == "f" else as_type(value, t) & mask(64)


def loads():
    for space in SPACES:
        declare, module, fill = prepared(space)
        declare += " .reg .b64 %i<4>; .reg .f32 %x<4>; .reg .f64 %y<4>;"
        file = File(dotted("ld", space or "generic"), [], declare, module=module, data=DATA if space == "param" else None)
        file.body += fill
        for t in SCALARS:
            prefix = {"f32": "%x", "f64": "%y"}.get(t, "%i")
            kind = t if t[0] == "f" else "b64"
            size = WIDTH[t] // 8
            form = dotted("ld", space, t)
            file.row(form, f"{form} {prefix}0, [%base+{size}];", [element(t, size)], kind, prefix + "0")
            for lanes in [2, 4] if size < 8 else [2]:
                form = dotted("ld", space, f"v{lanes}", t)
                names = ", ".join(f"{prefix}{k}" for k in range(lanes))
                file.body.append(f"{form} {{{names}}}, [%base+{lanes * size if lanes * size < 32 else 0}];")
                start = lanes * size if lanes * size < 32 else 0
                for k in range(lanes):
                    file.row(f"{form} element {k}", [], [element(t, start + k * size)], kind, f"{prefix}{k}")
        yield file


def load_hints():
    hints = ["ca", "cg", "cs", "lu", "cv", "nc", "volatile", "weak", "relaxed.cta", "relaxed.gpu", "relaxed.sys", "acquire.gpu",
             "L1::evict_normal", "L1::evict_unchanged", "L1::evict_first", "L1::evict_last", "L1::no_allocate", "L2::64B", "L2::128B",
             "L2::256B", "relaxed.cluster"]
    declare, module, fill = prepared("global")
    file = File("ld.hints", [], declare, target="sm_90")
    file.body += fill
    for hint in hints:
        code = f"ld.volatile.global.b32 %d32, [%base+4];" if hint == "volatile" else \
            f"ld.{hint}.global.b32 %d32, [%base+4];" if hint.split(".")[0] in ("weak", "relaxed", "acquire") else \
            f"ld.global.{hint}.b32 %d32, [%base+4];"
        file.row(f"ld with .{hint}", code, [element("u32", 4)])
    yield file


def arguments():
    """Stores into the arguments of a call; what the function gives back is loaded again."""
    copy = """.func (.param .align 16 .b8 result[16]) copy(.param .align 16 .b8 argument[16])
{ .reg .b64 %low, %high; ld.param.v2.b64 {%low, %high}, [argument]; st.param.v2.b64 [result], {%low, %high}; ret; }"""
    file = File("st.param", [], " .reg .b64 %i<4>, %o<4>; .reg .f32 %x<4>, %u<4>; .reg .f64 %y<4>, %v<4>;", module=copy)
    values = {"%i": [random.getrandbits(64) for _ in range(4)], "%x": numbers(F32, 4), "%y": numbers(F64, 4)}
    for k in range(4):
        file.body += [f"mov.b64 %i{k}, {values['%i'][k]};", f"mov.f32 %x{k}, 0f{values['%x'][k]:08X};",
                      f"mov.f64 %y{k}, 0d{values['%y'][k]:016X};"]
    for t in SCALARS:
        source, target = {"f32": ("%x", "%u"), "f64": ("%y", "%v")}.get(t, ("%i", "%o"))
        for lanes in [1, 2, 4] if WIDTH[t] < 64 else [1, 2]:
            vector = "" if lanes == 1 else f"v{lanes}"
            form = dotted("st", "param", vector, t)
            listed = lambda prefix: f"{prefix}0" if lanes == 1 else "{" + ", ".join(f"{prefix}{k}" for k in range(lanes)) + "}"
            file.body += ["{ .param .align 16 .b8 argument[16]; .param .align 16 .b8 result[16];", f"{form} [argument], {listed(source)};",
                          "call (result), copy, (argument);", f"{dotted('ld', 'param', vector, t)} {listed(target)}, [result]; }}"]
            for k in range(lanes):
                expected = values[source][k] if t[0] == "f" else as_type(values[source][k], t) & mask(64)
                file.row(f"{form} element {k}", [], [expected], t if t[0] == "f" else "b64", f"{target}{k}")
    yield file


def stores():
    for space in SPACES[:4]:
        declare, _, fill = prepared(space)
        declare += " .reg .b64 %i<4>; .reg .f32 %x<4>; .reg .f64 %y<4>;"
        file = File(dotted("st", space or "generic"), [], declare)
        file.body += fill[:1]
        values = [random.getrandbits(64) for _ in range(4)]
        floats = numbers(F32, 4)
        doubles = numbers(F64, 4)
        for k in range(4):
            file.body += [f"mov.b64 %i{k}, {values[k]};", f"mov.f32 %x{k}, 0f{floats[k]:08X};", f"mov.f64 %y{k}, 0d{doubles[k]:016X};"]
        for t in SCALARS:
            prefix, source = {"f32": ("%x", floats), "f64": ("%y", doubles)}.get(t, ("%i", values))
            size = WIDTH[t] // 8
            for lanes in [1, 2, 4] if size < 8 else [1, 2]:
                memory = bytearray(struct.pack("<2Q", DATA[0], DATA[1]))
                for k in range(lanes):
                    memory[k * size:(k + 1) * size] = (source[k] & mask(8 * size)).to_bytes(size, "little")
                form = dotted("st", space, "" if lanes == 1 else f"v{lanes}", t)
                names = f"{prefix}0" if lanes == 1 else "{" + ", ".join(f"{prefix}{k}" for k in range(lanes)) + "}"
                view = space or "global"
                file.body += [f"st.{view}.b64 [%base], {DATA[0]};", f"st.{view}.b64 [%base+8], {DATA[1]};", f"{form} [%base], {names};"]
                low, high = struct.unpack("<2Q", memory)
                file.row(f"{form} first word", f"ld.{view}.b64 %d64, [%base];", [low], "b64")
                file.row(f"{form} second word", f"ld.{view}.b64 %d64, [%base+8];", [high], "b64")
        yield file
    file = File("st.hints", [], target="sm_90")
    for k, hint in enumerate(["wb", "cg", "cs", "wt", "volatile", "weak", "relaxed.cta", "relaxed.cluster", "relaxed.gpu", "relaxed.sys",
                              "release.gpu", "L1::evict_normal", "L1::evict_unchanged", "L1::evict_first", "L1::evict_last",
                              "L1::no_allocate"]):
        order = hint.split(".")[0] in ("volatile", "weak", "relaxed", "release")
        code = f"st.{hint}.global.b32 [%scratch], {k + 5};" if order else f"st.global.{hint}.b32 [%scratch], {k + 5};"
        file.row(f"st with .{hint}", [code, "ld.global.b32 %d32, [%scratch];"], [k + 5])
    yield file


def atomics():
    integer = {"min": min, "max": max, "and": lambda a, b: a & b, "or": lambda a, b: a | b, "xor": lambda a, b: a ^ b,
               "exch": lambda a, b: b, "add": lambda a, b: a + b, "inc": lambda a, b: 0 if a >= b else a + 1,
               "dec": lambda a, b: b if a == 0 or a > b else a - 1}
    types = {"add": ["u32", "s32", "u64", "f32", "f64"], "min": ["u32", "s32", "u64", "s64"], "max": ["u32", "s32", "u64", "s64"],
             "and": ["b32", "b64"], "or": ["b32", "b64"], "xor": ["b32", "b64"], "inc": ["u32"], "dec": ["u32"], "exch": ["b32", "b64"]}
    for space in ["", "global", "shared"]:
        for t in ["u32", "s32", "b32", "u64", "s64", "b64", "f32", "f64"]:
            bits = WIDTH[t]
            a, b = integers(bits, 10), integers(bits, 10)
            a[:3], b[:3] = [4, 5, 0], [5, 5, 5]
            if t[0] == "f":
                f = F32 if t == "f32" else F64
                a, b = [[v for v in numbers(f, 30, False) if not f.is_subnormal(v)][:10] for _ in range(2)]
            file = File(dotted("atom", space or "generic", t), [(t, a), (t, b)],
                        ".reg .b64 %cell; .shared .align 8 .b8 area[80];" if space == "shared" else ".reg .b64 %cell;")
            file.body += ["mov.b64 %cell, area;", "add.s64 %cell, %cell, %offset;"] if space == "shared" else ["mov.b64 %cell, %scratch;"]
            view = space or "global"
            kind = t if t[0] == "f" else f"b{bits}"
            old = f"%{t}" if t[0] == "f" else f"%d{bits}"
            for operation, allowed in types.items():
                if t not in allowed:
                    continue
                if t[0] == "f":
                    results = [f.add(x, y, "rn") for x, y in zip(a, b)]
                else:
                    results = [integer[operation](as_type(x, t), as_type(y, t)) & mask(bits) for x, y in zip(a, b)]
                for opcode in ["atom", "red"] if operation != "exch" else ["atom"]:
                    form = dotted(opcode, space, operation, t)
                    file.body.append(f"st.{view}.{kind} [%cell], %a;")
                    if opcode == "atom":
                        file.row(f"{form} old value", f"{form} {old}, [%cell], %b;", a, kind, old)
                    else:
                        file.body.append(f"{form} [%cell], %b;")
                    file.row(f"{form} new value", f"ld.{view}.{kind} {old}, [%cell];", results, kind, old)
            if t[0] == "b":
                form = dotted("atom", space, "cas", t)
                file.declare += f" .reg .b{bits} %new;"
                file.body += [f"st.{view}.{kind} [%cell], %a;", f"not.b{bits} %new, %b;"]
                file.row(f"{form} old value", f"{form} {old}, [%cell], %b, %new;", a, kind, old)
                file.row(f"{form} new value", f"ld.{view}.{kind} {old}, [%cell];",
                         [~y & mask(bits) if x == y else x for x, y in zip(a, b)], kind, old)
            if file.rows:
                yield file
    file = File("atom.hints", [], target="sm_90")
    file.body.append("st.global.u32 [%scratch], 0;")
    count = 0
    for hint in ["relaxed", "acquire", "release", "acq_rel", "relaxed.cta", "relaxed.cluster", "relaxed.gpu", "relaxed.sys"]:
        file.row(f"atom with .{hint}", f"atom.{hint}{'' if '.' in hint else '.gpu'}.global.add.u32 %d32, [%scratch], 1;", [count])
        count += 1
    for hint in ["relaxed", "release", "relaxed.cta", "relaxed.cluster", "relaxed.gpu", "relaxed.sys"]:
        count += 1
        file.row(f"red with .{hint}", [f"red.{hint}{'' if '.' in hint else '.gpu'}.global.add.u32 [%scratch], 1;",
                                       "ld.global.u32 %d32, [%scratch];"], [count])
    yield file


def fences():
    file = File("fences", [], target="sm_90")
    for form in ["membar.cta", "membar.gl", "membar.sys"] + [
            dotted("fence", order, scope) for order in ["", "sc", "acq_rel"] for scope in ["cta", "cluster", "gpu", "sys"]]:
        file.body += ["st.global.u32 [%scratch], 7;", f"{form};"]
        file.row(form, "ld.global.u32 %d32, [%scratch];", [7])
    for form in [dotted("prefetch", space, level) for space in ["", "global", "local"] for level in ["L1", "L2"]]:
        place = "[own]" if "local" in form else "[%scratch]"
        file.row(form, [f"{form} {place};", "ld.global.u32 %d32, [%scratch];"], [7])
    file.declare = ".local .align 4 .b8 own[4];"
    yield file


def files():
    yield from loads()
    yield from load_hints()
    yield from arguments()
    yield from stores()
    yield from atomics()
    yield from fences()
