#!/usr/bin/env python3
"""Trains Tandem's network in PyTorch from the weights, batches and settings that tandem.bench.parity.ParityRun wrote.

Optimizer, schedule, losses, clipping and moving average are written here from their definitions or are PyTorch's own.

Writes FOLDER/peer-DTYPE.json, losses and gradient norm of each step; or with --forced FOLDER/peer-forced.json: there each step starts from
Tandem's weights before that step, so that rounding errors are those of one step. The reference is double precision; the file has the
distances from it of Tandem, and of PyTorch in single precision.
"""

import argparse
import json
import math
import os
import time

import torch

import objective
import optimization
from network import TwoHeads
from safetensors_file import read, state

AVERAGE_DECAY = 0.9998
AVERAGE_RAMP = 2000
FINAL_SHARE = 0.1


class Training:
    def __init__(self, folder, canvases, device, dtype, network):
        self.folder = folder
        with open(os.path.join(folder, "run.json")) as file:
            self.run = json.load(file)
        run = self.run
        self.device, self.dtype = device, dtype
        self.data = read(canvases)
        self.model = TwoHeads("resnet18", network["width"], True, run["boxClasses"], run["size"], run["maskClasses"], network["neck"], network["segmentation"])
        missing, unexpected = self.model.load_state_dict(self.tandem(0), strict=False)
        missing = [name for name in missing if not name.endswith("num_batches_tracked")]
        if missing or unexpected:
            raise ValueError("not the same network: missing %s, unexpected %s" % (missing, unexpected))
        self.model.to(device, dtype).train()
        if device == "cpu" and dtype == torch.float32:
            self.model.to(memory_format=torch.channels_last)
        self.trained = [parameter for parameter in self.model.parameters() if parameter.requires_grad]
        self.optimizer = optimization.optimizer(self.trained, run, run["optimizer"])
        self.average = {name: value.clone() for name, value in self.model.state_dict().items()}

    def tandem(self, steps):
        """Tandem's weights after so many steps."""
        return state(read(os.path.join(self.folder, "weights-%d.safetensors" % steps)))

    def batch(self, samples):
        chosen = {name: self.data[name][samples].to(self.device) for name in self.data}
        images = chosen["images"].to(self.dtype).permute(0, 3, 1, 2)
        return images, chosen["targets"].long(), chosen["offsets"].to(self.dtype), chosen["weights"][:, 0].to(self.dtype), chosen["masks"].long()

    def check_targets(self):
        """Compares Tandem's targets with those of objective.match in double precision; returns how many differ by a tie, all others must be equal.

        The targets are then Tandem's, so that a tie that is rounded to the other side does not look like an error of a loss.
        """
        anchor = objective.anchors(self.run["size"], 4 if self.run["size"] < 512 else 5).double()
        ties = 0
        for first in range(0, len(self.data["boxes"]), 32):
            boxes, labels, targets, offsets = (self.data[name][first:first + 32].double() for name in ("boxes", "labels", "targets", "offsets"))
            own, shifts, positive = objective.match(boxes, labels.long(), anchor)
            apart = (own != targets) | (positive & ((shifts - offsets).abs().amax(-1) > 1e-3))
            unexplained = apart & ~objective.near_tie(boxes, anchor)
            if unexplained.any():
                raise ValueError("the targets of image %d, anchor %d differ" % tuple(int(v[0]) for v in unexplained.nonzero(as_tuple=True)))
            ties += int(apart.sum())
        return ties

    def step(self, number):
        run = self.run
        images, target, offsets, weights, masks = self.batch(run["order"][number])
        location, confidence, logits = self.model(images)
        parts = {"location": torch.zeros(()), "confidence": torch.zeros(()), "segmentation": torch.zeros(())}
        if location is not None:
            parts["location"], parts["confidence"] = objective.detection_losses(location, confidence, target, offsets, weights)
        if logits is not None:
            parts["segmentation"] = objective.segmentation_loss(logits, masks)
        total = sum(part.to(self.device) for part in parts.values())
        self.optimizer.zero_grad()
        total.backward()
        norm = torch.nn.utils.get_total_norm([p.grad for p in self.trained])
        if norm > run["clip"] > 0:
            for p in self.trained:
                p.grad.mul_(run["clip"] / norm)
        steps = run["scheduleSteps"]
        rate = optimization.learning_rate(number, min(run["warmup"], steps // 10), steps, run["learningRate"], FINAL_SHARE)
        optimization.set_learning_rate(self.optimizer, rate)
        self.optimizer.step()
        with torch.no_grad():
            kept = AVERAGE_DECAY * (1 - math.exp(-(number + 1) / AVERAGE_RAMP))
            for name, value in self.model.state_dict().items():
                if value.is_floating_point():
                    self.average[name].lerp_(value, 1 - kept)
        return {"total": float(total.detach()), **{name: float(part.detach()) for name, part in parts.items()}, "gradientNorm": float(norm), "learningRate": rate}


    def load(self, weights):
        self.model.load_state_dict(weights, strict=False)
        return self

    def weights(self):
        return {name: value.detach().to("cpu", torch.float64) for name, value in self.model.state_dict().items() if value.is_floating_point()}


class Forced:
    """Steps from Tandem's weights in double and in single precision."""

    def __init__(self, *arguments, network):
        self.reference = Training(*arguments, torch.float64, network)
        self.single = Training(*arguments, torch.float32, network)
        self.trained = [name for name, parameter in self.reference.model.named_parameters() if parameter.requires_grad]

    def step(self, number):
        before, after = self.reference.tandem(number), self.reference.tandem(number + 1)
        exact = self.reference.load(before).step(number)
        changed = self.reference.weights()
        single = self.single.load(before).step(number)
        return {"tandem": self.errors(before, exact, changed, self.reference.run["steps"][number], after),
                "single": self.errors(before, exact, changed, single, self.single.weights())}

    def errors(self, before, exact, changed, line, after):
        """Distances from the reference: relative ones of losses and norm; of weights relative to what the step changes."""
        found = {name: abs(line[name] - exact[name]) / exact[name] for name in ("location", "confidence", "segmentation", "gradientNorm") if exact[name]}
        for kind, names in (("parameters", self.trained), ("runningMean", [name for name in changed if name.endswith("running_mean")]),
                            ("runningVariance", [name for name in changed if name.endswith("running_var")])):
            found[kind] = distance(after, changed, names) / distance(changed, before, names)
        return found

    def averages(self):
        """The difference of Tandem's moving average after the last step, relative to its distance from the initial weights."""
        first, last = self.reference.tandem(0), state(read(os.path.join(self.reference.folder, "average.safetensors")))
        own = {name: value.cpu() for name, value in self.reference.average.items()}
        return distance(last, own, last) / distance(own, first, last)


def distance(a, b, names):
    return math.sqrt(sum(float((a[name].double() - b[name].double()).square().sum()) for name in names))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--canvases", required=True)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--dtype", choices=("float32", "float64"), default="float32")
    parser.add_argument("--forced", action="store_true")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, help="no more than these")
    for name, value in (("width", 32), ("neck", 64), ("segmentation", 64)):
        parser.add_argument("--" + name, type=int, default=value)
    o = parser.parse_args()
    torch.set_num_threads(o.threads)
    # It prints a line for each convolution on processors that it does not support.
    torch.backends.nnpack.set_flags(False)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    arguments = (o.folder, o.canvases, o.device)
    training = Forced(*arguments, network=vars(o)) if o.forced else Training(*arguments, getattr(torch, o.dtype), vars(o))
    with open(os.path.join(o.folder, "run.json")) as file:
        steps = len(json.load(file)["order"])
    if o.steps is not None:
        steps = min(o.steps, steps)
    start = time.perf_counter()
    lines = [training.step(number) for number in range(steps)]
    result = {"torch": torch.__version__, "device": o.device, "threads": o.threads, "seconds": time.perf_counter() - start, "steps": lines}
    if o.forced:
        result["average"] = training.averages()
        result["ties"] = training.reference.check_targets() if training.reference.run["boxClasses"] else 0
    with open(os.path.join(o.folder, "peer-%s.json" % ("forced" if o.forced else o.dtype)), "w") as file:
        json.dump(result, file)


if __name__ == "__main__":
    main()
