"""Textures and surfaces: the formulas of the CUDA C++ Programming Guide ("Texture Fetching") in exact arithmetic, at points whose
weights are multiples of 1/256."""
import random
import struct
from fractions import Fraction
from math import floor
from writer import File

CHANNELS = {"U8": ("B", 255), "S8": ("b", 127), "U16": ("H", 65535), "S16": ("h", 32767), "F16": ("e", None), "U32": ("I", None), "S32": ("i", None),
            "F32": ("f", None)}


class Image:
    """Elements, and how they are read."""

    def __init__(self, geometry, width, height=1, depth=1, channel="F32", channels=1, addressing="CLAMP", filtering="POINT", normalized=False, values=False):
        self.geometry, self.size, self.channel, self.channels = geometry, (width, height, depth), channel, channels
        self.addressing, self.filtering, self.normalized, self.values = addressing, filtering, normalized, values
        code, self.top = CHANNELS[channel]
        low, high = {"B": (0, 255), "b": (-128, 127), "H": (0, 65535), "h": (-32768, 32767), "I": (0, 2 ** 32 - 1), "i": (-2 ** 31, 2 ** 31 - 1)}.get(code, (-32, 32))
        self.elements = [[random.randint(low, high) / (4 if code in "ef" else 1) if code in "ef" else random.randint(low, high) for _ in range(channels)]
                         for _ in range(width * height * depth)]
        self.code = code

    def spec(self):
        data = b"".join(struct.pack("<" + self.code, v) for element in self.elements for v in element)
        words = [self.geometry, *map(str, self.size), self.channel, str(self.channels), self.addressing, self.filtering, str(self.normalized).lower(),
                 str(self.values).lower()]
        return "// texture " + " ".join(words) + ": " + data.hex()

    def place(self, index, axis):
        n = self.size[axis]
        if 0 <= index < n:
            return index
        if self.addressing == "BORDER":
            return None
        if self.addressing == "CLAMP" or not self.normalized:
            return 0 if index < 0 else n - 1
        if self.addressing == "WRAP":
            return index % n
        turned = index % (2 * n)
        return turned if turned < n else 2 * n - 1 - turned

    def element(self, x, y, z):
        """The four channels of an element, as fractions or integers; None outside."""
        places = [self.place(i, axis) for axis, i in enumerate((x, y, z))]
        if None in places:
            return [0] * 4
        x, y, z = places
        found = [self.value(v) for v in self.elements[(z * self.size[1] + y) * self.size[0] + x]]
        return (found + [0, 0, 0])[:3] + [1] if self.channels < 4 else found

    def value(self, v):
        if self.values:
            return max(Fraction(-1), Fraction(v, self.top))
        return Fraction(v) if self.channel[0] == "F" else v

    def read(self, *point, layer=None):
        """The channels at a point."""
        volume = self.geometry == "VOLUME"
        dims = {"LINE": 1, "LAYERED_LINE": 1, "VOLUME": 3}.get(self.geometry, 2)
        scaled = [Fraction(p) * (self.size[axis] if self.normalized else 1) for axis, p in enumerate(point[:dims])]
        plane = 0 if layer is None else max(0, min(self.size[2] - 1, layer))
        if self.filtering == "POINT":
            i = [floor(p) for p in scaled] + [0] * (3 - dims)
            return self.element(i[0], i[1], i[2] if volume else plane)
        shifted = [p - Fraction(1, 2) for p in scaled]
        total = [Fraction(0)] * 4
        for corner in range(1 << dims):
            weight = Fraction(1)
            index = [0, 0, 0]
            for axis in range(dims):
                upper = corner >> axis & 1
                alpha = shifted[axis] - floor(shifted[axis])
                weight *= alpha if upper else 1 - alpha
                index[axis] = floor(shifted[axis]) + upper
            found = self.element(index[0], index[1], index[2] if volume else plane)
            total = [t + weight * f for t, f in zip(total, found)]
        return total


def bits(value, t):
    if t == "f32":
        return struct.unpack("<I", struct.pack("<f", float(value)))[0]
    return int(value) & 0xffffffff


def single(value):
    return f"0f{bits(value, 'f32'):08X}"


DECLARE = ".reg .b64 %h; .reg .f32 %x, %y, %z, %l; .reg .b32 %x0, %x1, %x2, %x3, %i, %j, %k, %n;"


def reads(name, image, geometry, points, t="f32", layers=(None,), level=False, tolerance=""):
    """tex at points given as tuples of floats."""
    file = File(name, [], DECLARE, textures=[image.spec()], threads=1)
    file.body.append("ld.param.u64 %h, [texture0];")
    for point in points:
        for layer in layers:
            found = image.read(*point, layer=layer)
            file.body += [f"mov.f32 %{r}, {single(v)};" for r, v in zip("xyz", point)]
            coordinates = ", ".join(f"%{r}" for r in "xyz"[:len(point)])
            if layer is not None:
                file.body.append(f"mov.b32 %n, {layer};")
                coordinates = "%n, " + coordinates + (", %y" if len(point) == 2 else "")
            elif len(point) == 3:
                coordinates += ", %z"
            form = f"tex{'.level' if level else ''}.{geometry}.v4.{t}.f32"
            lod = ", %l" if level else ""
            file.body += ["mov.f32 %l, 0f00000000;", f"{form} {{%x0, %x1, %x2, %x3}}, [%h, {{{coordinates}}}]{lod};"]
            for c in range(image.channels):
                file.row(f"{form} at {' '.join(map(str, map(float, point)))} channel {c}{' ' + tolerance if tolerance else ''}", [], [bits(found[c], t)], "b32",
                         f"%x{c}")
    return file


def fetches():
    """Coordinates that are integers."""
    for geometry, dims, image in [("1d", 1, ("LINE", 7)), ("2d", 2, ("PLANE", 5, 4)), ("3d", 3, ("VOLUME", 3, 4, 2)), ("a1d", 1, ("LAYERED_LINE", 6, 1, 3)),
                                  ("a2d", 2, ("LAYERED_PLANE", 4, 3, 3))]:
        for t, channel in [("f32", "F32"), ("s32", "S16"), ("u32", "U32")]:
            source = Image(*image, channel=channel, channels=2, addressing="BORDER" if t == "s32" else "CLAMP")
            file = File(f"tex.{geometry}.{t}.s32", [], DECLARE, textures=[source.spec()], threads=1)
            file.body.append("ld.param.u64 %h, [texture0];")
            for point in [(0, 0, 0), (1, 2, 1), (2, 1, 0), (-3, 1, 0), (9, 9, 9)]:
                layer = 2 if geometry[0] == "a" else None
                found = source.read(*point[:dims], layer=layer)
                file.body += [f"mov.b32 %{r}, {v};" for r, v in zip("ijk", point)] + [f"mov.b32 %n, {layer or 0};"]
                names = ["%n"] * (layer is not None) + [f"%{r}" for r in "ijk"[:dims]]
                names += [names[-1]] * ({3: 1}.get(len(names), 0))
                form = f"tex.{geometry}.v4.{t}.s32"
                file.body.append(f"{form} {{%x0, %x1, %x2, %x3}}, [%h, {{{', '.join(names)}}}];")
                for c in range(2):
                    file.row(f"{form} at {point[:dims]} channel {c}", [], [bits(found[c], t)], "b32", f"%x{c}")
            yield file


def filtered():
    line = [Fraction(k, 8) for k in range(-12, 80, 3)]
    plane = [(a, b) for a in [Fraction(-5, 4), Fraction(1, 2), Fraction(9, 8), Fraction(21, 4)] for b in [Fraction(-1, 2), Fraction(3, 8), Fraction(7, 4), Fraction(11, 2)]]
    space = [(a, b, c) for a, b in plane[::3] for c in [Fraction(-1), Fraction(3, 4), Fraction(5, 4), Fraction(4)]]
    for addressing in ["CLAMP", "BORDER"]:
        for filtering in ["POINT", "LINEAR"]:
            yield reads(f"tex.1d.{addressing}.{filtering}".lower(), Image("LINE", 7, addressing=addressing, filtering=filtering), "1d", [(x,) for x in line])
            yield reads(f"tex.2d.{addressing}.{filtering}".lower(), Image("PLANE", 5, 4, channels=4, addressing=addressing, filtering=filtering), "2d", plane)
            yield reads(f"tex.3d.{addressing}.{filtering}".lower(), Image("VOLUME", 5, 4, 3, addressing=addressing, filtering=filtering), "3d", space)
    for addressing in ["WRAP", "MIRROR", "CLAMP", "BORDER"]:
        for filtering in ["POINT", "LINEAR"]:
            # Sizes are powers of two, so that scaled coordinates are exact.
            image = Image("PLANE", 8, 4, channels=2, addressing=addressing, filtering=filtering, normalized=True)
            points = [(x / 8, y / 4) for x, y in plane] + [(Fraction(19, 8), Fraction(-13, 8)), (Fraction(-9, 4), Fraction(31, 16))]
            yield reads(f"tex.2d.normalized.{addressing}.{filtering}".lower(), image, "2d", points)
    for channel in ["U8", "S8", "U16", "S16"]:
        image = Image("PLANE", 4, 4, channel=channel, channels=2, values=True)
        yield reads(f"tex.2d.values.{channel}".lower(), image, "2d", plane, tolerance="rel 1e-7")
    yield reads("tex.2d.f16", Image("PLANE", 4, 4, channel="F16", channels=4, filtering="LINEAR"), "2d", plane)
    for t, channel in [("s32", "S8"), ("u32", "U16")]:
        for geometry, image, points in [("1d", ("LINE", 7), [(x,) for x in line[::4]]), ("2d", ("PLANE", 5, 4), plane[::3]), ("3d", ("VOLUME", 3, 4, 2), space[::4])]:
            yield reads(f"tex.{geometry}.{t}.f32", Image(*image, channel=channel), geometry, points, t)
            yield reads(f"tex.level.{geometry}.{t}.f32", Image(*image, channel=channel), geometry, points[:2], t, level=True)
    for geometry, image, points in [("1d", ("LINE", 7), [(x,) for x in line[::4]]), ("2d", ("PLANE", 5, 4), plane[::3]), ("3d", ("VOLUME", 3, 4, 2), space[::4])]:
        yield reads(f"tex.level.{geometry}.f32.f32", Image(*image), geometry, points, level=True)
    for t, channel in [("f32", "F32"), ("s32", "S8"), ("u32", "U16")]:
        for level in [False, True]:
            name = "tex.level" if level else "tex"
            yield reads(f"{name}.a1d.{t}.f32", Image("LAYERED_LINE", 6, 1, 3, channel=channel), "a1d", [(x,) for x in line[::5]], t, (0, 2, 7), level)
            yield reads(f"{name}.a2d.{t}.f32", Image("LAYERED_PLANE", 4, 3, 3, channel=channel), "a2d", plane[::4], t, (1, 2), level)


def cubes():
    """Points on the six faces: the axis, and s and t by the table of the Programming Guide."""
    table = [(lambda s, t: (1, -t, -s)), (lambda s, t: (-1, -t, s)), (lambda s, t: (s, 1, t)), (lambda s, t: (s, -1, -t)), (lambda s, t: (s, -t, 1)),
             (lambda s, t: (-s, -t, -1))]
    for geometry, cubes_of, name in [("cube", 1, "CUBE"), ("acube", 2, "LAYERED_CUBE")]:
        for t, channel in [("f32", "F32"), ("s32", "S8"), ("u32", "U16")]:
            image = Image(name, 4, 4, 6 * cubes_of, channel=channel, normalized=True)
            for level in [False, True]:
                file = File(f"tex{'.level' if level else ''}.{geometry}.{t}.f32", [], DECLARE, textures=[image.spec()], threads=1)
                file.body.append("ld.param.u64 %h, [texture0];")
                for face in range(6):
                    for s, u in [(Fraction(-7, 8), Fraction(1, 8)), (Fraction(1, 8), Fraction(-5, 8)), (Fraction(3, 8), Fraction(7, 8))]:
                        for cube in range(cubes_of):
                            # Of any length: only the direction counts.
                            point = [v * 2 for v in table[face](s, u)]
                            found = image.element(floor((s + 1) / 2 * 4), floor((u + 1) / 2 * 4), 6 * cube + face)
                            file.body += [f"mov.f32 %{r}, {single(v)};" for r, v in zip("xyz", point)] + [f"mov.b32 %n, {cube};", "mov.f32 %l, 0f00000000;"]
                            coordinates = "%x, %y, %z, %z" if geometry == "cube" else "%n, %x, %y, %z"
                            form = f"tex{'.level' if level else ''}.{geometry}.v4.{t}.f32"
                            file.row(f"{form} face {face}", f"{form} {{%x0, %x1, %x2, %x3}}, [%h, {{{coordinates}}}]{', %l' if level else ''};",
                                     [bits(found[0], t)], "b32", "%x0")
                yield file


def gathers():
    for t, channel in [("f32", "F32"), ("s32", "S16"), ("u32", "U8")]:
        image = Image("PLANE", 5, 4, channel=channel, channels=4)
        file = File(f"tld4.{t}", [], DECLARE, textures=[image.spec()], threads=1)
        file.body.append("ld.param.u64 %h, [texture0];")
        for c, letter in enumerate("rgba"):
            for x, y in [(Fraction(5, 2), Fraction(2)), (Fraction(1, 4), Fraction(15, 4))]:
                i, j = floor(x - Fraction(1, 2)), floor(y - Fraction(1, 2))
                form = f"tld4.{letter}.2d.v4.{t}.f32"
                file.body += [f"mov.f32 %x, {single(x)};", f"mov.f32 %y, {single(y)};", f"{form} {{%x0, %x1, %x2, %x3}}, [%h, {{%x, %y}}];"]
                for k, (a, b) in enumerate([(i, j + 1), (i + 1, j + 1), (i + 1, j), (i, j)]):
                    file.row(f"{form} element {k}", [], [bits(image.element(a, b, 0)[c], t)], "b32", f"%x{k}")
        yield file


def queries():
    image = Image("VOLUME", 5, 4, 3)
    file = File("txq", [], DECLARE, textures=[image.spec()], threads=1)
    file.body.append("ld.param.u64 %h, [texture0];")
    for name, value in zip(["width", "height", "depth"], image.size):
        file.row(f"txq.{name}.b32", f"txq.{name}.b32 %d32, [%h];", [value])
    yield file


def surfaces():
    for geometry, dims, image in [("1d", 1, ("LINE", 64)), ("2d", 2, ("PLANE", 64, 3)), ("3d", 3, ("VOLUME", 64, 3, 2))]:
        source = Image(*image, channel="U8")
        flat = bytearray(v[0] for v in source.elements)
        file = File(f"surface.{geometry}", [], DECLARE + " .reg .b16 %w<4>; .reg .b32 %u<4>; .reg .b64 %v<4>;", textures=[source.spec()], threads=1)
        file.body.append("ld.param.u64 %h, [texture0];")
        row, plane = (1 if dims > 1 else 0), (1 if dims > 2 else 0)
        file.body += [f"mov.b32 %j, {row};", f"mov.b32 %k, {plane};"]
        start = (plane * source.size[1] + row) * 64
        number = 0
        for lanes in [1, 2, 4]:
            for t, letter in [("b8", "w"), ("b16", "w"), ("b32", "u")] + ([("b64", "v")] if lanes < 4 else []):
                size = int(t[1:]) // 8
                for outside in ["trap", "clamp", "zero"]:
                    number += 1
                    x = number % 3 * 16
                    vector = f".v{lanes}" if lanes > 1 else ""
                    suffix = f".{outside}"
                    target = "{" + ", ".join(f"%{letter}{k}" for k in range(lanes)) + "}"
                    coordinates = ["%i"] + ["%j"] * (dims > 1) + ["%k"] * (dims > 2) * 2
                    load, store = f"suld.b.{geometry}{vector}.{t}{suffix}", f"sust.b.{geometry}{vector}.{t}{suffix}"
                    at = "[%h, {" + ", ".join(coordinates) + "}]"
                    file.body += [f"mov.b32 %i, {x};", f"{load} {target}, {at};"]
                    for k in range(lanes):
                        value = int.from_bytes(flat[start + x + k * size:start + x + (k + 1) * size], "little")
                        kind = "b64" if size == 8 else "b32" if size == 4 else "b16"
                        file.row(f"{load} element {k}", [], [value], kind, f"%{letter}{k}")
                    kept = [random.getrandbits(8 * size) for _ in range(lanes)]
                    file.body += [f"mov.b{max(16, 8 * size)} %{letter}{k}, {v};" for k, v in enumerate(kept)] + [f"{store} {at}, {target};"]
                    flat[start + x:start + x + lanes * size] = b"".join(v.to_bytes(size, "little") for v in kept)
        # Outside: the nearest bytes, or zero.
        file.body += ["mov.b32 %i, 62;"]
        at = "[%h, {" + ", ".join(["%i"] + ["%j"] * (dims > 1) + ["%k"] * (dims > 2) * 2) + "}]"
        file.row("clamp outside", f"suld.b.{geometry}.b32.clamp %u0, {at};", [int.from_bytes(flat[start + 60:start + 64], "little")], "b32", "%u0")
        file.row("zero outside", f"suld.b.{geometry}.b32.zero %u0, {at};", [0], "b32", "%u0")
        file.body += ["mov.b32 %u1, 77;", f"sust.b.{geometry}.b32.zero {at}, %u1;"]
        file.row("zero outside after a write", f"suld.b.{geometry}.b32.zero %u0, {at};", [0], "b32", "%u0")
        file.row("a write outside changes nothing", f"suld.b.{geometry}.b32.clamp %u0, {at};", [int.from_bytes(flat[start + 60:start + 64], "little")], "b32", "%u0")
        yield file


def files():
    for family in (fetches, filtered, cubes, gathers, queries, surfaces):
        yield from family()
