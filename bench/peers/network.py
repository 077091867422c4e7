"""Tandem's network in PyTorch: residual encoder, context enhancement and feature pyramid, detection towers, segmentation head.

Modules are named so that state_dict() has the names of Tandem's weights files.
"""

import math

import torch
from torch import nn
from torch.nn import functional

SLOPE = 0.1
ANCHORS = 6


class Unit(nn.Module):
    """Convolution with bias, normalization, leaky ReLU or nothing: a building block of neck and heads."""

    def __init__(self, inputs, outputs, window, stride=1, active=True):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, window, stride, window // 2)
        # Normalization cancels the bias, so that Tandem does not train it either.
        self.conv.bias.requires_grad_(False)
        self.bn = nn.BatchNorm2d(outputs)
        self.active = active

    def forward(self, x):
        x = self.bn(self.conv(x))
        return functional.leaky_relu(x, SLOPE) if self.active else x


class Block(nn.Module):
    """A residual block: two 3x3 convolutions, or 1x1, 3x3 and 1x1."""

    def __init__(self, inputs, width, stride, bottleneck):
        super().__init__()
        outputs = 4 * width if bottleneck else width
        sizes = [(inputs, width, 1, 1), (width, width, 3, stride), (width, outputs, 1, 1)] if bottleneck else [
            (inputs, width, 3, stride), (width, outputs, 3, 1)]
        self.count = len(sizes)
        for i, (a, b, window, step) in enumerate(sizes, 1):
            setattr(self, "conv%d" % i, nn.Conv2d(a, b, window, step, window // 2, bias=False))
            setattr(self, "bn%d" % i, nn.BatchNorm2d(b))
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        identity = x if self.downsample is None else self.downsample(x)
        for i in range(1, self.count + 1):
            x = getattr(self, "bn%d" % i)(getattr(self, "conv%d" % i)(x))
            x = functional.relu(x if i < self.count else x + identity)
        return x


class Encoder(nn.Module):
    def __init__(self, kind, width, pooling):
        super().__init__()
        blocks = {"resnet18": (2, 2, 2, 2), "resnet34": (3, 4, 6, 3), "resnet50": (3, 4, 6, 3)}[kind]
        bottleneck = kind == "resnet50"
        self.pooling = pooling
        self.conv1 = nn.Conv2d(3, width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        channels, self.channels = width, []
        for stage, count in enumerate(blocks):
            layers = []
            for i in range(count):
                layers.append(Block(channels, width << stage, 2 if stage > 0 and i == 0 else 1, bottleneck))
                channels = (width << stage) * (4 if bottleneck else 1)
            setattr(self, "layer%d" % (stage + 1), nn.Sequential(*layers))
            if stage >= (1 if pooling else 2):
                self.channels.append(channels)

    def forward(self, x):
        x = functional.relu(self.bn1(self.conv1(x)))
        if self.pooling:
            x = functional.max_pool2d(x, 3, 2, 1)
        maps = []
        for stage in range(4):
            x = getattr(self, "layer%d" % (stage + 1))(x)
            if stage >= (1 if self.pooling else 2):
                maps.append(x)
        return maps


def finer(x, like):
    """Nearest up-sampling to the next finer level, whose side may be odd."""
    return functional.interpolate(x, scale_factor=2, mode="nearest")[:, :, :like.shape[2], :like.shape[3]]


class Neck(nn.Module):
    def __init__(self, inputs, channels, levels):
        super().__init__()
        self.levels = levels
        self.context = nn.ModuleDict({str(i): Unit(c, channels, 1, active=False) for i, c in enumerate(inputs)})
        self.context["global"] = Unit(inputs[-1], channels, 1, active=False)
        self.pyramid = nn.ModuleList(Unit(channels, channels, 3, 1 if level == 0 else 2) for level in range(levels))
        self.lateral = nn.ModuleList(Unit(channels, channels, 1) for _ in range(levels))
        self.fpn = nn.ModuleList(Unit(channels, channels, 3) for _ in range(levels))

    def forward(self, maps):
        projected = [self.context[str(i)](x) for i, x in enumerate(maps)]
        x = projected[0] + self.context["global"](functional.adaptive_avg_pool2d(maps[-1], 1))
        for i, coarse in enumerate(projected[1:], 1):
            x = x + functional.interpolate(coarse, scale_factor=2 ** i, mode="nearest")
        x = functional.leaky_relu(x, SLOPE)
        levels = []
        for unit in self.pyramid:
            x = unit(x)
            levels.append(x)
        levels = [unit(x) for unit, x in zip(self.lateral, levels)]
        for level in range(self.levels - 1, 0, -1):
            levels[level - 1] = levels[level - 1] + finer(levels[level], levels[level - 1])
        return [unit(x) for unit, x in zip(self.fpn, levels)]


class Tower(nn.Sequential):
    def __init__(self, channels, outputs):
        super().__init__()
        self.add_module("0", Unit(channels, channels, 3))
        self.add_module("1", Unit(channels, channels, 3))
        self.add_module("out", nn.Conv2d(channels, outputs, 1))


class Segmentation(nn.Module):
    def __init__(self, inputs, channels, outputs, levels):
        super().__init__()
        self.branch = nn.ModuleList(nn.ModuleList(Unit(inputs if i == 0 else channels, channels, 3) for i in range(level + 1))
                                    for level in range(levels))
        self.fuse = nn.ModuleList(Unit(channels, channels, 3) for _ in range(3))
        self.out = nn.Conv2d(channels, outputs, 1, bias=False)

    def forward(self, pyramid):
        total = None
        for level, units in enumerate(self.branch):
            x = pyramid[level]
            for step, unit in enumerate(units):
                if step > 0:
                    x = finer(x, pyramid[level - step])
                x = unit(x)
            total = x if total is None else total + x
        x = functional.interpolate(total, scale_factor=2, mode="nearest")
        for unit in self.fuse:
            x = unit(x)
        return self.out(x)


class TwoHeads(nn.Module):
    """Images (N, 3, S, S), normalized, to offsets (N, A, 4), class logits (N, A, C) and mask logits (N, M, S / 4, S / 4).

    boxes, masks: number of classes of boxes, and of masks without the background; 0 for a network without that head, whose outputs are None.
    neck, segmentation: channels of the pyramid and of the segmentation head; without them those of the standard network for this width.
    """

    def __init__(self, encoder, width, pooling, boxes, side, masks=None, neck=None, segmentation=None, initialization="kaiming"):
        super().__init__()
        masks = boxes if masks is None else masks
        neck = neck or 4 * width
        levels = 4 if side < 512 else 5
        self.encoder = Encoder(encoder, width, pooling)
        self.neck = Neck(self.encoder.channels, neck, levels)
        self.detection = None if boxes == 0 else nn.ModuleDict({
            "location": nn.ModuleList(Tower(neck, 4 * ANCHORS) for _ in range(levels)),
            "confidence": nn.ModuleList(Tower(neck, boxes * ANCHORS) for _ in range(levels))})
        self.segmentation = None if masks == 0 else Segmentation(neck, segmentation or 2 * width, masks + 1, levels)
        initialize(self, initialization)

    @staticmethod
    def rows(towers, pyramid, values):
        return torch.cat([tower(x).permute(0, 2, 3, 1).reshape(x.shape[0], -1, values) for tower, x in zip(towers, pyramid)], 1)

    def forward(self, images):
        pyramid = self.neck(self.encoder(images))
        location = confidence = None
        if self.detection is not None:
            classes = self.detection["confidence"][0].out.out_channels // ANCHORS
            location = self.rows(self.detection["location"], pyramid, 4)
            confidence = self.rows(self.detection["confidence"], pyramid, classes)
        return location, confidence, None if self.segmentation is None else self.segmentation(pyramid)


def initialize(model, scheme):
    """Initial weights with the distributions of Tandem's settings kaiming, zero_residual and published; the random numbers are others.

    Beside them there is pytorch: what torchvision and a default nn.Conv2d give, which differs from kaiming in the 1x1 filters.
    """
    for name, module in model.named_modules():
        if not isinstance(module, nn.Conv2d):
            continue
        encoder = name.startswith("encoder.")
        output = name.endswith(".out")
        fan_out = {"kaiming": not output, "zero_residual": not output, "published": encoder, "pytorch": module.kernel_size[0] > 1}[scheme]
        if fan_out:
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        else:
            # PyTorch's default: uniform on +-1 / sqrt(fan-in).
            nn.init.kaiming_uniform_(module.weight, a=math.sqrt(5))
        if module.bias is not None:
            nn.init.zeros_(module.bias)
        if output and (name.startswith("detection.") or scheme == "published"):
            nn.init.normal_(module.weight, std=0.01)
        if output and name.startswith("detection.confidence."):
            nn.init.constant_(module.bias, -math.log(99))
    if scheme == "zero_residual":
        for block in model.modules():
            if isinstance(block, Block):
                nn.init.zeros_(getattr(block, "bn%d" % block.count).weight)


def fold(module):
    """Folds normalization into the convolutions before it, in place, as Tandem does for inference."""
    fuse = torch.nn.utils.fusion.fuse_conv_bn_eval
    for child in module.modules():
        if isinstance(child, Unit):
            child.conv, child.bn = fuse(child.conv, child.bn), nn.Identity()
        elif isinstance(child, nn.Sequential) and len(child) == 2 and isinstance(child[1], nn.BatchNorm2d):
            child[0], child[1] = fuse(child[0], child[1]), nn.Identity()
        elif isinstance(child, (Block, Encoder)):
            for i in range(1, 4):
                if hasattr(child, "bn%d" % i):
                    setattr(child, "conv%d" % i, fuse(getattr(child, "conv%d" % i), getattr(child, "bn%d" % i)))
                    setattr(child, "bn%d" % i, nn.Identity())
    return module
