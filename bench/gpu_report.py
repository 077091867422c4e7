"""Writes the results of the GPU check: gpu-check.json (all results) and gpu-check.md (a summary)."""

import json
import os
import platform
import time


def write(folder, found):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "gpu-check.json"), "w") as file:
        json.dump(found, file, indent=1)
        file.write("\n")
    with open(os.path.join(folder, "gpu-check.md"), "w") as file:
        file.write(markdown(found))


def markdown(found):
    machine, targets, parts = found["machine"], found["targets"], found["parts"]
    counts = {word: sum(1 for target in targets if target["verdict"] == word) for word in ("PASS", "FAIL", "NOT MEASURED")}
    unknown = lambda key: machine.get(key, "unknown")
    text = ["# GPU check", "", "%d targets passed, %d failed, %d not measured; %.0f s." % (counts["PASS"], counts["FAIL"], counts["NOT MEASURED"], found["seconds"]), "",
            "Device: %s. Driver: %s. Java: %s, %s threads. System: %s, python %s. Taken %s." % (
                unknown("device"), unknown("driver"), unknown("java"), unknown("threads"), unknown("system"), platform.python_version(),
                time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())), ""]
    text += ["- " + line for line in machine.get("libraries", []) + found["notes"]] + [""]
    text += ["## Targets", ""] + grid(["target", "", "result"], [[t["target"], t["verdict"], t["text"]] for t in targets])
    text += kernels([line for part in parts if part["part"] == "kernel bandwidth" for line in part["lines"]])
    text += training(parts, found["sizes"]["batch"]) + inference(parts)
    text += ["## Parts", ""] + grid(["part", "s", "error"], [[part["part"], "%.1f" % part["seconds"], part["error"] or ""] for part in parts])
    errors = [(part, line) for part in parts for line in part["lines"] if line.get("error")]
    if errors:
        text += ["## Errors in the parts", ""] + ["- %s: %s: %s" % (part["part"], line.get("row", line.get("mode", "")), line["error"]) for part, line in errors]
    return "\n".join(text).rstrip() + "\n"


def kernels(lines):
    if not lines:
        return []
    rows = [[line["kernel"], line["kind"], "%.0f" % (line["bytes"] / 2 ** 20), "%.1f" % line["microseconds"], "%.0f" % line["gigabytesPerSecond"],
             "%.2f" % line.get("shareOfCopy", 0)] for line in lines]
    return ["## Kernels", "", "Each tensor is counted once as read or written; the fastest of five recordings of twenty kernel launches.", ""] + grid(
        ["kernel", "kind", "MiB", "us", "GB/s", "share of copy"], rows)


def training(parts, batch):
    rows = [[part["part"], line.get("mode", "Tandem"), "%.1f" % line["imagesPerSecond"], "%.2f" % line["medianStepMilliseconds"], size(line["peakBytes"])]
            for part in parts for line in part["lines"] if "imagesPerSecond" in line]
    return ["## Training", "", "Batch %d." % batch, ""] + grid(["run", "mode", "images/s", "median step, ms", "peak memory"], rows) if rows else []


def inference(parts):
    rows = [[part["part"], line.get("mode", "Tandem"), line["how"]] + ["%.3f" % line[key] for key in ("median", "p99", "p999", "slowest")]
            for part in parts for line in part["lines"] if "median" in line]
    return ["## Inference of one frame, from bytes to boxes and mask", ""] + grid(["run", "mode", "", "median, ms", "p99", "p99.9", "slowest"], rows) if rows else []


def size(count):
    return "%.1f MiB" % (count / 2 ** 20)


def grid(head, rows):
    escape = lambda cell: str(cell).replace("|", "\\|").replace("\n", " ")
    lines = ["| " + " | ".join(escape(cell) for cell in row) + " |" for row in [head] + rows]
    return lines[:1] + ["| " + " | ".join("---" for _ in head) + " |"] + lines[1:] + [""]
