"""The optimizer and the learning rate of the peers, from the definitions that `tandem train` uses."""

import math

import torch

START_SHARE = 0.1


def optimizer(parameters, run, name):
    """name: sgd or adamw. Weights decay, biases and the parameters of batch normalization do not."""
    groups = [{"params": [p for p in parameters if p.dim() > 1], "weight_decay": run["weightDecay"]},
              {"params": [p for p in parameters if p.dim() == 1], "weight_decay": 0}]
    if name == "sgd":
        return torch.optim.SGD(groups, lr=1, momentum=run["momentum"])
    return torch.optim.AdamW(groups, lr=1, betas=(0.9, 0.999), eps=1e-8)


def learning_rate(position, warmup, end, peak, final_share):
    """Linear from a tenth of the peak to the peak in the warm-up; then half a cosine down to final_share of the peak at the end. All positions have one unit."""
    if position < warmup:
        return peak * (START_SHARE + (1 - START_SHARE) * position / warmup)
    cosine = 0.5 * (1 + math.cos(math.pi * (position - warmup) / (end - warmup)))
    return peak * (final_share + (1 - final_share) * cosine)


def set_learning_rate(optimizer, value):
    for group in optimizer.param_groups:
        group["lr"] = value
