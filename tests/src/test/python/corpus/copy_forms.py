"""Asynchronous copies from global to shared memory, and bit masks."""
import random
import struct
from writer import File, integers

LANES = 32


def masks():
    starts = [0, 1, 4, 31, 32, 33, 5, 0xffffffff, 0x80000000, 16, 3, 0, 30, 64, 37] + integers(32, 16)
    widths = [0, 32, 8, 1, 4, 4, 33, 3, 0, 16, 0x80000001, 31, 5, 2, 70] + integers(32, 16)
    file = File("bmsk", [("b32", starts), ("b32", widths)])
    # PTX ISA, "bmsk": the mask of b bits from bit a; numbers above 32 count as 32, or only their lower 5 bits count.
    clamped = [((1 << min(32, b)) - 1) << min(32, a) & 0xffffffff for a, b in zip(starts, widths)]
    wrapped = [((1 << (b & 31)) - 1) << (a & 31) & 0xffffffff for a, b in zip(starts, widths)]
    file.row("bmsk.clamp.b32", "bmsk.clamp.b32 %d32, %a, %b;", clamped)
    file.row("bmsk.wrap.b32", "bmsk.wrap.b32 %d32, %a, %b;", wrapped)
    return file


def files():
    yield copies()
    yield masks()


def copies():
    data = bytes(random.getrandbits(8) for _ in range(16 * LANES))
    module = ".global .align 16 .b8 source[512] = {" + ", ".join(map(str, data)) + "};"
    file = File("cp.async", [], ".shared .align 16 .b8 area[512]; .reg .b64 %from, %to; .reg .b32 %s32; .reg .pred %p;", target="sm_80", module=module,
                threads=LANES)
    file.body += ["mul.wide.u32 %t64, %me, 16;", "mov.b64 %from, source;", "add.s64 %from, %from, %t64;", "mov.b64 %to, area;", "add.s64 %to, %to, %t64;",
                  "and.b32 %s32, %me, 15;", "setp.gt.u32 %p, %me, 20;"]
    waits = ["cp.async.wait_all;", "cp.async.commit_group; cp.async.wait_group 0;", "cp.async.commit_group; cp.async.commit_group; cp.async.wait_group 1;"]

    def row(form, size, source, count):
        """count(lane) bytes are copied, the rest of size is zero; behind them memory keeps its ones."""
        file.body += [f"st.shared.b64 [%to+{at}], -1;" for at in (0, 8)]
        wait = waits[len(file.rows) // 2 % 3]
        file.body += [f"{form} [%to], [%from], {size}{source};"] + [w.strip() + ";" for w in wait.split(";") if w.strip()]
        for half in (0, 8):
            found = []
            for lane in range(LANES):
                copied = data[16 * lane:16 * lane + count(lane)]
                whole = copied + bytes(size - len(copied)) + b"\xff" * (16 - size)
                found.append(struct.unpack("<2Q", whole)[half // 8])
            file.row(f"{form} {size}{source} bytes {half}", f"ld.shared.b64 %d64, [%to+{half}];", found, "b64")

    for space in ["shared", "shared::cta"]:
        for kind, sizes in [("ca", [4, 8, 16]), ("cg", [16])]:
            for size in sizes:
                form = f"cp.async.{kind}.{space}.global"
                row(form, size, "", lambda lane, s=size: s)
                row(form, size, f", {size // 2}", lambda lane, s=size: s // 2)
                row(form, size, ", 0", lambda lane: 0)
                row(form, size, ", %p", lambda lane, s=size: 0 if lane > 20 else s)
    row("cp.async.cg.shared.global", 16, ", %s32", lambda lane: lane & 15)
    for hint in ["L2::64B", "L2::128B", "L2::256B"]:
        for kind in ["ca", "cg"]:
            row(f"cp.async.{kind}.shared.global.{hint}", 16, "", lambda lane: 16)
    return file
