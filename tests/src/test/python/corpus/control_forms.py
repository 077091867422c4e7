"""Branches, exits, guards and special registers."""
from writer import File


def files():
    file = File("bra", [("u32", list(range(8)))], ".reg .pred %p;")
    file.body.append("setp.lt.u32 %p, %a, 3;")
    file.row("bra under a guard", ["mov.u32 %d32, 1;", "@%p bra SMALL;", "mov.u32 %d32, 2;", "SMALL:"], [1] * 3 + [2] * 5)
    file.row("bra under a negated guard", ["mov.u32 %d32, 1;", "@!%p bra LARGE;", "mov.u32 %d32, 2;", "LARGE:"], [2] * 3 + [1] * 5)
    file.row("bra.uni", ["mov.u32 %d32, 1;", "bra.uni AHEAD;", "mov.u32 %d32, 2;", "AHEAD:"], [1] * 8)
    file.row("bra backwards", ["mov.u32 %d32, 0;", "mov.u32 %t32, %a;", "AGAIN:", "add.u32 %d32, %d32, %t32;", "sub.u32 %t32, %t32, 1;",
                               "setp.gt.s32 %q, %t32, 0;", "@%q bra AGAIN;"], [0, 1, 3, 6, 10, 15, 21, 28])
    file.row("a guard on an instruction", ["mov.u32 %d32, 5;", "@%p add.u32 %d32, %d32, %a;", "@!%p mul.lo.u32 %d32, %d32, %a;"],
             [5 + t if t < 3 else 5 * t for t in range(8)])
    file.row("registers of an inner scope", ["mov.u32 %d32, %a;", "{ .reg .b32 %d32; mov.u32 %d32, 77; }"], list(range(8)))
    yield file
    for form in ["ret", "ret.uni", "exit"]:
        file = File(form, [("u32", list(range(8)))])
        file.row("before", "mov.u32 %d32, 9;", [9] * 8)
        # A uniform return is taken by all threads or by none.
        file.body += ["setp.lt.u32 %q, %a, 100;"] if form == "ret.uni" else ["setp.gt.u32 %q, %a, 4;"]
        file.body.append(f"@%q {form};")
        file.row(f"{form} under a guard: nothing is stored behind it", "mov.u32 %d32, 9;", [0] * 8 if form == "ret.uni" else [9] * 5 + [0] * 3)
        yield file
    file = File("trap", [("u32", list(range(4)))])
    file.body += ["setp.gt.u32 %q, %a, 100;", "@%q trap;"]
    file.row("trap that is not taken", "mov.u32 %d32, 9;", [9] * 4)
    yield file
    n = 40
    file = File("special-registers", [("u32", list(range(n)))], ".reg .b32 %m;")
    lanes = [t % 32 for t in range(n)]
    low = (1 << 32) - 1
    for register, results in {"tid.x": list(range(n)), "tid.y": [0] * n, "tid.z": [0] * n, "ntid.x": [n] * n, "ntid.y": [1] * n,
                              "ntid.z": [1] * n, "ctaid.x": [0] * n, "ctaid.y": [0] * n, "ctaid.z": [0] * n, "nctaid.x": [1] * n,
                              "nctaid.y": [1] * n, "nctaid.z": [1] * n, "laneid": lanes, "warpid": [t // 32 for t in range(n)],
                              "lanemask_eq": [1 << l for l in lanes], "lanemask_lt": [(1 << l) - 1 for l in lanes],
                              "lanemask_le": [(2 << l) - 1 for l in lanes], "lanemask_gt": [low & -(2 << l) for l in lanes],
                              "lanemask_ge": [low & -(1 << l) for l in lanes]}.items():
        file.row(f"%{register}", f"mov.u32 %d32, %{register};", results)
    # Which other lanes are active is up to the machine; the own lane always is.
    file.row("activemask.b32 has the own lane", ["activemask.b32 %m;", "mov.u32 %t32, %lanemask_eq;", "and.b32 %d32, %m, %t32;"],
             [1 << l for l in lanes])
    yield file
