"""Writes corpus files: a PTX module with one entry, and in its head the inputs and the outputs that the ISA prescribes."""
import os
import random

WIDTH = {"pred": 1, "u8": 8, "s8": 8, "b8": 8, "u16": 16, "s16": 16, "b16": 16, "u32": 32, "s32": 32, "b32": 32, "u64": 64,
         "s64": 64, "b64": 64, "f32": 32, "f64": 64}
random.seed(20240607)


def register_type(name):
    return {8: "b16", 16: "b16", 32: "f32" if name == "f32" else "b32", 64: "f64" if name == "f64" else "b64"}[WIDTH[name]]


def hexadecimal(value, bits=64):
    return f"{value & ((1 << bits) - 1):x}"


def signed(value, bits):
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


class File:
    """Thread t reads its inputs into %a, %b, %c, %e; each row runs an instruction and stores one result in a slot of 8 bytes."""

    def __init__(self, name, inputs=(), declare="", target="sm_75", module="", threads=None, data=None, version="7.8", textures=()):
        self.name, self.inputs, self.declare, self.target, self.module, self.data = name, list(inputs), declare, target, module, data
        self.threads = threads or (len(self.inputs[0][1]) if self.inputs else 1)
        self.version = version
        self.textures = list(textures)
        self.rows, self.body = [], []

    def row(self, form, code, results, kind="b32", register=None, tolerance=""):
        """code leaves a result in %d16, %d32, %d64, %f32, %f64 or %q, by kind."""
        register = register or {"b16": "%d16", "b32": "%d32", "b64": "%d64", "f32": "%f32", "f64": "%f64", "pred": "%q"}[kind]
        offset = 8 * self.threads * len(self.rows)
        self.body += [code] if isinstance(code, str) else code
        if kind == "pred":
            self.body.append(f"selp.b32 %d32, 1, 0, {register};")
            kind, register = "b32", "%d32"
        self.body.append(f"st.global.{kind} [%out+{offset}], {register};")
        self.rows.append((form, tolerance, results))

    def text(self):
        lines = [f"// threads {self.threads}"]
        for type_name, values in self.inputs:
            lines.append(f"// in {type_name}: " + " ".join(hexadecimal(v) for v in values))
        if self.data:
            lines.append("// data: " + " ".join(hexadecimal(v) for v in self.data))
        lines += self.textures
        for form, tolerance, results in self.rows:
            lines.append(f"// out {form}{' ' + tolerance if tolerance else ''}: " + " ".join(hexadecimal(v) for v in results))
        lines += [f".version {self.version}", f".target {self.target}", ".address_size 64", ""]
        if self.module:
            lines += [self.module, ""]
        parameters = [f".param .u64 in{i}" for i in range(len(self.inputs))] + [".param .u64 out", ".param .u64 scratch"]
        parameters += [f".param .u64 texture{i}" for i in range(len(self.textures))]
        if self.data:
            parameters.append(f".param .align 16 .b8 data[{8 * len(self.data)}]")
        lines.append(".visible .entry corpus(" + ", ".join(parameters) + ")\n{")
        lines += [".reg .b16 %d16, %t16;", ".reg .b32 %d32, %t32, %me;", ".reg .b64 %d64, %t64, %out, %scratch, %at, %offset;",
                  ".reg .f32 %f32;", ".reg .f64 %f64;", ".reg .pred %q, %q2;"]
        for (type_name, _), letter in zip(self.inputs, "abce"):
            lines.append(f".reg .{register_type(type_name)} %{letter};")
        if self.declare:
            lines.append(self.declare)
        lines += ["mov.u32 %me, %tid.x;", "mul.wide.u32 %offset, %me, 8;", "ld.param.u64 %out, [out];",
                  "add.s64 %out, %out, %offset;", "ld.param.u64 %scratch, [scratch];", "mad.wide.u32 %scratch, %me, 64, %scratch;"]
        for i, ((type_name, _), letter) in enumerate(zip(self.inputs, "abce")):
            load = "u16" if WIDTH[type_name] == 8 else register_type(type_name)
            lines += [f"ld.param.u64 %at, [in{i}];", "add.s64 %at, %at, %offset;", f"ld.global.{load} %{letter}, [%at];"]
        return "\n".join(lines + self.body + ["ret;", "}"]) + "\n"

    def write(self, folder):
        with open(os.path.join(folder, self.name + ".ptx"), "w") as out:
            out.write(self.text())


def integers(bits, count, edges=()):
    """Edge cases and random numbers of all sizes."""
    top = 1 << bits
    values = list(edges) + [0, 1, top - 1, top >> 1, (top >> 1) - 1]
    while len(values) < count:
        values.append(random.getrandbits(random.randint(1, bits)))
    values = values[:count]
    random.shuffle(values)
    return [v & (top - 1) for v in values]
