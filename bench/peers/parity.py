"""Runs Tandem and the peer in turn and writes the report; started by bench/peers/parity.

In a bundle:  python3 check/peers/parity.py . DATA --java check/java --device cuda --output FOLDER --report FOLDER
"""

import argparse
import json
import math
import os
import subprocess
import sys

LISTS = {"detection": ("Partial/train-boxes", ""), "segmentation": ("", "Partial/train-masks"), "both": ("Partial/train-boxes", "Partial/train-masks")}
RATES = {"adamw": 1e-3, "sgd": 1e-2}
LOSSES = ("location", "confidence", "segmentation")
WINDOW = 50
# Student's t for a two-sided interval of 95 %, by degrees of freedom.
T95 = {2: 4.303, 4: 2.776, 6: 2.447, 8: 2.306, 10: 2.228}
MEASURES = {"location": "location", "confidence": "confidence", "segmentation": "segmentation", "gradientNorm": "gradient norm",
            "parameters": "parameters", "runningMean": "running mean", "runningVariance": "running variance"}
# A step from equal weights: a number of times PyTorch's own rounding error in single precision, plus a rounding of the numbers that are compared.
STEP_FACTOR, STEP_FLOOR = 10, 2e-6
# Of free runs: times the distance of the peer's own two precisions.
FACTOR, FLOOR = 10, 1e-4


def options(words):
    parser = argparse.ArgumentParser()
    for name in ("root", "data"):
        parser.add_argument(name)
    names = lambda text: text.split(",")
    parser.add_argument("--python", default="python3")
    parser.add_argument("--java", default=os.path.join(os.environ["JAVA_HOME"], "bin", "java") if os.environ.get("JAVA_HOME") else "java")
    parser.add_argument("--output")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--seeds", type=names, default=["0", "1", "2"])
    parser.add_argument("--tasks", type=names, default=list(LISTS))
    parser.add_argument("--optimizers", type=names, default=list(RATES))
    for name, value in (("threads", 1), ("curve", 600), ("early", 20), ("batch", 8), ("size", 128)):
        parser.add_argument("--" + name, type=int, default=value)
    parser.add_argument("--report", help="folder of parity.md and parity.svg; bench/results without it")
    return parser.parse_args(words)


class Parity:
    def __init__(self, options):
        self.o = options
        self.output = options.output or os.path.join(options.root, "target", "parity")
        os.makedirs(self.output, exist_ok=True)
        self.failures = []
        self.ties = {}

    def call(self, words):
        print(" ".join(words[-7:]), flush=True)
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            sys.exit("%s\nfailed: %s" % (done.stdout[-4000:], " ".join(words)))

    def canvases(self, task):
        return os.path.join(self.output, "%s-%d.safetensors" % (task, self.o.size))

    def tandem(self, task, optimizer, seed, steps, early):
        """The folder of a run, which is made if it is not there."""
        o = self.o
        folder = os.path.join(self.output, "%s-%s-%s-%d" % (task, optimizer, seed, steps))
        if not os.path.exists(os.path.join(folder, "run.json")):
            boxes, masks = LISTS[task]
            settings = {"data": o.data, "boxes": boxes, "masks": masks, "canvases": self.canvases(task), "output": folder, "steps": steps,
                        "schedule": max(steps, o.curve or 600), "early": early, "optimizer": optimizer, "rate": RATES[optimizer], "seed": seed, "batch": o.batch,
                        "size": o.size, "threads": o.threads, "device": o.device}
            self.call([o.java, "tandem.bench.parity.ParityRun"] + ["%s=%s" % pair for pair in settings.items()])
        return folder

    def peer(self, task, folder, kind, *words):
        path = os.path.join(folder, "peer-%s.json" % kind)
        if not os.path.exists(path):
            script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "training.py")
            self.call([self.o.python, script, folder, "--canvases", self.canvases(task), "--threads", str(self.o.threads), "--device", self.o.device, *words])
        return load(path)

    def early(self, task, optimizer):
        """Rows of the two tables of the first steps."""
        o = self.o
        folder = self.tandem(task, optimizer, "0", o.early, o.early)
        run = load(os.path.join(folder, "run.json"))
        forced = self.peer(task, folder, "forced", "--forced")
        single = self.peer(task, folder, "float32")["steps"]
        double = self.peer(task, folder, "float64", "--dtype", "float64")["steps"]
        self.machine = (run["device"], forced["torch"])
        if LISTS[task][0]:
            self.ties[task] = forced["ties"]
        for name in os.listdir(folder):
            if name.endswith(".safetensors") and name != "weights-0.safetensors":
                os.remove(os.path.join(folder, name))
        own = [name for name in LOSSES if run["steps"][0][name]]
        row = [task, optimizer]
        for name in MEASURES:
            tandem, peer = (max((step[who].get(name, -1) for step in forced["steps"])) for who in ("tandem", "single"))
            row.append("-" if tandem < 0 else "%.1e / %.1e" % (tandem, peer) + self.failed(tandem <= STEP_FACTOR * peer + STEP_FLOOR))
        row.append("%.1e" % forced["average"] + self.failed(forced["average"] <= 1e-3))
        free = []
        for number in (0, 1, 2, 4, 9, o.early - 1):
            if number < o.early:
                mine = max(apart(run["steps"][number][name], double[number][name]) for name in own)
                peers = max(apart(single[i][name], double[i][name]) for i in range(number + 1) for name in own)
                free.append("%.0e / %.0e" % (mine, peers) + self.failed(mine <= FACTOR * peers + FLOOR))
            else:
                free.append("-")
        return row, [task, optimizer] + free

    def failed(self, passed):
        if not passed:
            self.failures.append(1)
        return "" if passed else " (**exceeds**)"

    def curves(self, task, optimizer):
        """Mean losses of windows of steps, (seeds, windows), of both."""
        both = ([], [])
        for seed in self.o.seeds:
            folder = self.tandem(task, optimizer, seed, self.o.curve, 0)
            for rows, steps in zip(both, (load(os.path.join(folder, "run.json"))["steps"], self.peer(task, folder, "float32")["steps"])):
                totals = [step["total"] for step in steps]
                rows.append([mean(totals[i:i + WINDOW]) for i in range(0, len(totals), WINDOW)])
        return both

    def run(self):
        o = self.o
        rows = [self.early(task, optimizer) for task in o.tasks for optimizer in o.optimizers]
        text = [HEAD.format(device=self.machine[0], torch=self.machine[1], o=o, factor=STEP_FACTOR, floor=STEP_FLOOR, ties=", ".join("%s %d" % pair for pair in self.ties.items()))]
        text.append(table(["task", "optimizer", *MEASURES.values(), "average"], [row for row, _ in rows]))
        text.append(FREE.format(factor=FACTOR, floor=FLOOR))
        text.append(table(["task", "optimizer"] + ["step %d" % n for n in (1, 2, 3, 5, 10, o.early)], [row for _, row in rows]))
        report = o.report or os.path.join(o.root, "bench", "results")
        if o.curve:
            curves = {(task, optimizer): self.curves(task, optimizer) for task in o.tasks for optimizer in o.optimizers}
            lines = []
            for (task, optimizer), (own, peer) in curves.items():
                windows = list(zip(zip(*own), zip(*peer)))
                inside = sum(abs(mean(a) - mean(b)) <= scatter(a, b) for a, b in windows)
                a, b = windows[-1]
                passed = inside >= 0.75 * len(windows)
                lines.append([task, optimizer, "%.4f" % mean(a), "%.4f" % mean(b), "%.4f" % scatter(a, b), "%d of %d" % (inside, len(windows)) + self.failed(passed)])
            text.append(CURVES.format(o=o, seeds=len(o.seeds), window=WINDOW))
            text.append(table(["task", "optimizer", "Tandem, last window", "PyTorch, last window", "scatter of the seeds", "windows within it"], lines))
            text.append("\n![Losses of both](parity.svg)\n")
            with open(os.path.join(report, "parity.svg"), "w") as file:
                file.write(picture(curves))
        text.append("\n%s\n" % ("All within their bounds." if not self.failures else "%d of these numbers exceed their bounds." % len(self.failures)))
        with open(os.path.join(report, "parity.md"), "w") as file:
            file.write("\n".join(text))
        print("\n".join(text))
        sys.exit(1 if self.failures else 0)


HEAD = """# Training in Tandem and in PyTorch

Made by `bench/peers/parity`. ResNet-18 of half width with stem pooling, {o.size} pixels, batches of {o.batch} images of `neu-steel-voc` (lists `Partial/train-boxes`,
`Partial/train-masks`), no augmentation, AdamW at 1e-3 and SGD with momentum 0.9 at 1e-2, weight decay 5e-4, clipping at a norm of 10, warm-up of 50 steps from
a tenth of the peak, cosine decay. Tandem exports initial weights, images as the network receives them, and the order of the images; the rest of the peer is
PyTorch {torch}'s own (convolutions, batch normalization, interpolation, optimizers) or written from the definitions (`bench/peers/objective.py`, `training.py`).
Tandem: {device}. Both on {o.threads} thread(s) if on the processor.

## The first {o.early} steps, each from equal weights

Each step of the peer starts from Tandem's weights before that step. The reference is the peer in double precision. Each cell has the distance from it of Tandem / of PyTorch
in single precision from the same weights, the maximum over the steps. Losses and gradient norm: relative. Parameters and running statistics: Euclidean norm of the
difference of the weights after the step, relative to that of what the step changes. Average: the same for Tandem's moving average after the last step, relative to its distance
from the initial weights; at most 1e-3.

Bound: {factor} times the distance of PyTorch in single precision, plus {floor:g}. Both programs round each operation by at most 6e-8, in another order, so their errors are of one
size. Losses pass about 40 layers, each normalized, and stay near 1e-6. The gradient has larger errors in both: it is divided by the deviation of each normalization, which
is small for layers with few values (8 for the global context, one for each image), and a unit whose input is rounded to the other side of 0 has the other slope. The first steps of AdamW have nearly the size of the
learning rate whatever the size of the gradient: parameters whose gradient is as small as its rounding error move in a direction that is chosen by rounding.
The targets of anchors are Tandem's. The peer's own in double precision are equal except for anchors that rounding decides, where an overlap is a bound of the matching, equals
that of another box, or is the best of a box, each but for 1e-6. Number of such anchors that differ, of all anchors of all images: {ties}.
"""

FREE = """
## The first steps, each from the peer's own weights

Total distance of the runs after so many steps, the maximum over the losses: that of Tandem from the peer in double precision / the maximum up to there of the peer in single
precision from the peer in double precision. Training multiplies a difference in each step, so two correct programs of single precision part; Tandem's distance must be
at most {factor} times the peer's own plus {floor:g}.
"""

CURVES = """
## {o.curve} steps, {seeds} seeds

Mean of the total loss in windows of {window} steps. The scatter is the half-width of the interval of 95 % for the difference of the two means over the seeds (Student's t
with pooled variance), at least 1 % of the loss. By chance a twentieth of the windows is outside, and neighboring windows are not independent; three quarters must be within it.
"""


def load(path):
    with open(path) as file:
        return json.load(file)


def apart(a, b):
    return abs(a - b) / abs(b) if b else abs(a)


def mean(values):
    return sum(values) / len(values)


def scatter(a, b):
    freedom = len(a) + len(b) - 2
    if freedom < 1:
        return 0.1 * mean(b)
    squares = sum((x - mean(rows)) ** 2 for rows in (a, b) for x in rows)
    return max(T95.get(freedom, 2.0) * math.sqrt(squares / freedom * (1 / len(a) + 1 / len(b))), 0.01 * mean(b))


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "| --- | --- |" + " --: |" * (len(head) - 2)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def picture(curves):
    """SVG: one chart for each task and optimizer, a line for each seed."""
    width, height, columns = 320, 220, 2
    rows = -(-len(curves) // columns)
    out = ['<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">' % (columns * width, rows * height + 24),
           '<rect width="100%" height="100%" fill="white"/>']
    for index, ((task, optimizer), pair) in enumerate(curves.items()):
        left, top = index % columns * width + 44, index // columns * height + 24
        w, h = width - 60, height - 60
        high = max(max(row) for rows_ in pair for row in rows_)
        out.append('<text x="%d" y="%d">%s, %s</text>' % (left, top - 8, task, optimizer))
        out.append('<path d="M%d %dV%dH%d" fill="none" stroke="#888"/>' % (left, top, top + h, left + w))
        out.append('<text x="%d" y="%d" text-anchor="end">%.2f</text><text x="%d" y="%d" text-anchor="end">0</text>' % (left - 4, top + 8, high, left - 4, top + h))
        for rows_, color, dash in zip(pair, ("#0b6fb8", "#d9480f"), ("", ' stroke-dasharray="4 3"')):
            for row in rows_:
                points = " ".join("%.1f,%.1f" % (left + w * (i + 0.5) / len(row), top + h - h * value / high) for i, value in enumerate(row))
                out.append('<polyline points="%s" fill="none" stroke="%s"%s/>' % (points, color, dash))
        out.append('<text x="%d" y="%d" text-anchor="middle" fill="#555">steps</text>' % (left + w // 2, top + h + 16))
    bottom = rows * height + 14
    out.append('<text x="44" y="%d" fill="#0b6fb8">Tandem (each seed)</text><text x="220" y="%d" fill="#d9480f">PyTorch (each seed, dashed)</text></svg>' % (bottom, bottom))
    return "\n".join(out)


if __name__ == "__main__":
    Parity(options(sys.argv[1:])).run()
