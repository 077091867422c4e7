"""Barriers and warp operations."""
from integer_forms import mask
from writer import File, WIDTH, integers, signed

LANES = 32


def barriers():
    n = 70
    values = integers(32, n)
    file = File("bar.sync", [("u32", values)], ".shared .align 8 .b8 area[560]; .reg .b32 %m; .reg .b64 %own, %other;", target="sm_80")
    file.body += ["mov.b64 %own, area;", "add.s64 %own, %own, %offset;", "xor.b32 %t32, %me, 1;", "mul.wide.u32 %other, %t32, 8;",
                  "mov.b64 %t64, area;", "add.s64 %other, %other, %t64;"]
    neighbor = [values[t ^ 1] for t in range(n)]
    step = 0
    for form in ["bar.sync 0", "bar.sync 1, 96", "bar.cta.sync 2", "barrier.sync 3", "barrier.sync.aligned 4", "barrier.cta.sync 5",
                 "barrier.cta.sync.aligned 6", "bar.sync %m"]:
        step += 1
        file.body += ["mov.u32 %m, 7;", f"add.u32 %d32, %a, {step};", "st.shared.u32 [%own], %d32;", f"{form};"]
        file.row(form, ["ld.shared.u32 %d32, [%other];", "bar.sync 15;"], [v + step & mask(32) for v in neighbor])
    yield file
    file = File("bar.red", [("u32", [t % 7 for t in range(n)])], ".reg .pred %p, %r;", target="sm_80")
    for opcode in ["bar", "bar.cta", "barrier", "barrier.cta"]:
        for aligned in ["", ".aligned"] if opcode.startswith("barrier") else [""]:
            for operation, kind, function in [("popc", "u32", lambda v: sum(v)), ("and", "pred", lambda v: int(all(v))),
                                              ("or", "pred", lambda v: int(any(v)))]:
                for limit in [0, 3, 7]:
                    votes = [int(t % 7 < limit) for t in range(n)]
                    file.body.append(f"setp.lt.u32 %p, %a, {limit};")
                    form = f"{opcode}.red.{operation}{aligned}.{kind}"
                    target = "%d32" if kind == "u32" else "%r"
                    count = ", 96" if limit == 3 else ""
                    file.row(f"{form} of threads below {limit}", f"{form} {target}, 1{count}, %p;", [function(votes)] * n,
                             "b32" if kind == "u32" else "pred", target)
        file.row(f"{opcode}.red of a negated predicate", ["setp.lt.u32 %p, %a, 3;", f"{opcode}.red.popc.u32 %d32, 1, !%p;"],
                 [sum(t % 7 >= 3 for t in range(n))] * n)
    yield file


def shuffles():
    values = integers(32, LANES)
    amounts = [(7 * t + 3) % 32 for t in range(LANES)]
    file = File("shfl.sync", [("b32", values), ("b32", amounts)], ".reg .pred %p;")
    for mode in ["up", "down", "bfly", "idx"]:
        for amount in [0, 1, 5, 16, 31, None]:
            for segment in [0, 0x1800, 0x1e00]:
                control = segment | (0 if mode == "up" else 31)
                found = []
                for lane in range(LANES):
                    by = amounts[lane] if amount is None else amount
                    seg, limit = control >> 8 & 31, control & 31
                    highest = lane & seg | limit & ~seg
                    source = {"up": lane - by, "down": lane + by, "bfly": lane ^ by, "idx": lane & seg | by & ~seg & 31}[mode]
                    valid = source >= highest if mode == "up" else source <= highest
                    found.append((values[source if valid else lane], int(valid)))
                by = "%b" if amount is None else str(amount)
                label = f"shfl.sync.{mode}.b32 by {by} control {control}"
                file.row(label, f"shfl.sync.{mode}.b32 %d32|%p, %a, {by}, {control}, 0xffffffff;", [v for v, _ in found])
                file.row(label + " predicate", [], [p for _, p in found], "pred", "%p")
        file.row(f"shfl.sync.{mode}.b32 without predicate", f"shfl.sync.{mode}.b32 %d32, %a, 0, 31, 0xffffffff;",
                 [values[0]] * LANES if mode == "idx" else values)
    yield file


def votes():
    # Two groups of lanes take part in turn, each with its own mask.
    for name, mask_of in [("full", [mask(32)] * LANES), ("groups", [0x0000ffff] * 16 + [0xffff0000] * 16)]:
        x = [t // 16 * 8 + (t * 5) % 4 for t in range(LANES)]
        big = [v | (v & 1) << 40 for v in x]
        file = File(f"vote-match-redux.{name}", [("b32", x), ("b64", big), ("b32", mask_of)], ".reg .pred %p, %r;", target="sm_80")
        members = [[l for l in range(LANES) if mask_of[t] >> l & 1] for t in range(LANES)]
        for limit in [0, 2, 9, 100]:
            votes_of = [int(v < limit) for v in x]
            file.body.append(f"setp.lt.u32 %p, %a, {limit};")
            group = [[votes_of[l] for l in m] for m in members]
            for operation, function in [("all", lambda g: int(all(g))), ("any", lambda g: int(any(g))),
                                        ("uni", lambda g: int(len(set(g)) == 1))]:
                file.row(f"vote.sync.{operation}.pred below {limit}", f"vote.sync.{operation}.pred %r, %p, %c;",
                         [function(g) for g in group], "pred", "%r")
            file.row(f"vote.sync.ballot.b32 below {limit}", "vote.sync.ballot.b32 %d32, %p, %c;",
                     [sum(votes_of[l] << l for l in m) for m in members])
        for t, column, letter in [("b32", x, "a"), ("b64", big, "b")]:
            file.row(f"match.any.sync.{t}", f"match.any.sync.{t} %d32, %{letter}, %c;",
                     [sum(1 << l for l in m if column[l] == column[k]) for k, m in enumerate(members)])
            same = [all(column[l] == column[k] for l in m) for k, m in enumerate(members)]
            file.row(f"match.all.sync.{t}", f"match.all.sync.{t} %d32|%r, %{letter}, %c;", [g if s else 0 for g, s in zip(mask_of, same)])
            file.row(f"match.all.sync.{t} predicate", [], [int(s) for s in same], "pred", "%r")
            file.row(f"match.all.sync.{t} of a constant", [f"mov.{t} %{'t32' if t == 'b32' else 't64'}, 5;",
                                                           f"match.all.sync.{t} %d32, %{'t32' if t == 'b32' else 't64'}, %c;"], mask_of)
        values = integers(32, LANES)
        file.inputs.append(("b32", values))
        for t in ["u32", "s32"]:
            typed = [signed(v, 32) if t == "s32" else v for v in values]
            for operation, function in [("add", sum), ("min", min), ("max", max)]:
                file.row(f"redux.sync.{operation}.{t}", f"redux.sync.{operation}.{t} %d32, %e, %c;",
                         [function([typed[l] for l in m]) & mask(32) for m in members])
        for operation, function in [("and", lambda a, b: a & b), ("or", lambda a, b: a | b), ("xor", lambda a, b: a ^ b)]:
            results = []
            for m in members:
                result = values[m[0]]
                for l in m[1:]:
                    result = function(result, values[l])
                results.append(result)
            file.row(f"redux.sync.{operation}.b32", f"redux.sync.{operation}.b32 %d32, %e, %c;", results)
        file.row("bar.warp.sync", ["bar.warp.sync %c;", "mov.u32 %d32, %a;"], x)
        yield file


def files():
    yield from barriers()
    yield from shuffles()
    yield from votes()
