#!/usr/bin/env python3
"""Trains the detection network in PyTorch for a time or a number of steps, and writes it as a network file of Tandem for `tandem eval`.

  bench/peers/detection.py RUN --canvases FILE --network FILE --output FILE (--minutes M | --steps N)

RUN is the folder of a run of tandem.bench.parity.ParityRun: settings and initial weights. FILE of --canvases are its images; --network is a network of `tandem train`
with the same classes and size, whose settings the output gets. The recipe is that of `tandem train`: AdamW, warm-up of a twentieth of the steps, half a cosine down
to a hundredth of the learning rate, windows, flips, brightness and contrast, and a moving average over the last tenth of the steps.
"""

import argparse
import json
import math
import os
import time

import torch
from torch.nn import functional

import objective
import optimization
from network import TwoHeads, initialize
from safetensors_file import read, state, write

AVERAGED_SHARE = 0.1
WARM_UP_SHARE = 0.05
FINAL_SHARE = 0.01
FLIP, WINDOW, PHOTOMETRIC = 0.5, 0.45, 0.27
MIN_WINDOW, MAX_WINDOW = 0.6, 1.2
BRIGHTNESS, CONTRAST = 24 / 255, 0.3
VISIBLE = 0.25


def augment(images, boxes):
    """Images (N, 3, S, S), normalized, and corners (N, G, 4) as fractions: a window of the image, mirrored or not, with another brightness and contrast."""
    count = len(images)
    chosen = torch.rand(count) < WINDOW
    size = torch.where(chosen, MIN_WINDOW + (MAX_WINDOW - MIN_WINDOW) * torch.rand(count), 1.0)
    # The window lies in the image, or the image in the window.
    corner = (1 - size)[:, None] * torch.rand(count, 2)
    center = corner + size[:, None] / 2
    sign = torch.where(torch.rand(count) < FLIP, -1.0, 1.0)
    theta = torch.zeros(count, 2, 3)
    theta[:, 0, 0], theta[:, 1, 1] = size * sign, size
    theta[:, :, 2] = 2 * center - 1
    grid = functional.affine_grid(theta, images.shape, align_corners=False)
    moved = functional.grid_sample(images, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    recolored = (torch.rand(count) < PHOTOMETRIC).float()
    gain = 1 + recolored * CONTRAST * (2 * torch.rand(count) - 1)
    shift = recolored * BRIGHTNESS / objective.DEVIATION[1] * (2 * torch.rand(count) - 1)
    moved = moved * gain[:, None, None, None] + shift[:, None, None, None]
    real = (boxes[..., 2:] > boxes[..., :2]).all(-1, keepdim=True)
    placed = (boxes - corner.repeat(1, 2)[:, None]) / size[:, None, None]
    left, right = placed[..., 0], placed[..., 2]
    mirrored = (sign < 0)[:, None]
    placed = torch.stack((torch.where(mirrored, 1 - right, left), placed[..., 1], torch.where(mirrored, 1 - left, right), placed[..., 3]), -1)
    inside = placed.clamp(0, 1)
    area = lambda box: (box[..., 2:] - box[..., :2]).prod(-1, keepdim=True)
    return moved, torch.where(real & (area(inside) >= VISIBLE * area(placed)), inside, 0.0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--canvases", required=True)
    parser.add_argument("--network", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--initialization", choices=("tandem", "kaiming", "pytorch"), default="tandem", help="tandem: the very weights of the run")
    o = parser.parse_args()
    if (o.minutes is None) == (o.steps is None):
        parser.error("give --minutes or --steps")
    torch.set_num_threads(o.threads)
    torch.backends.nnpack.set_flags(False)
    torch.manual_seed(o.seed)
    with open(os.path.join(o.folder, "run.json")) as file:
        run = json.load(file)
    data = read(o.canvases)
    images, boxes, labels = data["images"], data["boxes"], data["labels"].long()
    # Weights (M, 2): the first is 1 for images with annotated boxes.
    known = data["weights"][:, 0]
    model = TwoHeads("resnet18", 32, True, run["boxClasses"], run["size"], 0, 64, 64)
    if o.initialization == "tandem":
        model.load_state_dict(state(read(os.path.join(o.folder, "weights-0.safetensors"))), strict=False)
    else:
        initialize(model, o.initialization)
    model.train().to(memory_format=torch.channels_last)
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = optimization.optimizer(trained, run, "adamw")
    anchor = objective.anchors(run["size"], 4 if run["size"] < 512 else 5)
    batch = run["batch"]
    order = torch.randperm(len(images))
    position = number = averaged = 0
    average = None
    start = time.perf_counter()
    progress = 0.0
    while progress < 1:
        if position + batch > len(order):
            order, position = torch.randperm(len(images)), 0
        chosen = order[position:position + batch]
        position += batch
        pixels, found = augment(images[chosen].permute(0, 3, 1, 2), boxes[chosen])
        target, offsets, _ = objective.match(found, labels[chosen], anchor)
        location, confidence, _ = model(pixels.contiguous(memory_format=torch.channels_last))
        loss = sum(objective.detection_losses(location, confidence, target, offsets, known[chosen]))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, run["clip"])
        optimization.set_learning_rate(optimizer, optimization.learning_rate(progress, WARM_UP_SHARE, 1, run["learningRate"], FINAL_SHARE))
        optimizer.step()
        number += 1
        total = float(loss.detach())
        if not math.isfinite(total):
            raise SystemExit("the loss is not finite at step %d" % number)
        if progress >= 1 - AVERAGED_SHARE:
            averaged += 1
            current = {name: value for name, value in model.state_dict().items() if value.is_floating_point()}
            if average is None:
                average = {name: value.clone() for name, value in current.items()}
            for name, value in current.items():
                average[name].lerp_(value, 1 / averaged)
        elapsed = time.perf_counter() - start
        progress = elapsed / (60 * o.minutes) if o.minutes else number / o.steps
        if number % 20 == 0:
            print("step %d  loss %.3f  %.1f images/s  %.1f %%" % (number, total, batch * number / elapsed, 100 * progress), flush=True)
    write(o.output, average, o.network)
    print(json.dumps({"torch": torch.__version__, "threads": o.threads, "steps": number, "seconds": elapsed, "imagesPerSecond": batch * number / elapsed}))


if __name__ == "__main__":
    main()
