#!/usr/bin/env python3
"""Writes the PyTorch files that PytorchReaderTest reads. Made with torch 2.13.0:
    python3 tests/src/test/python/pytorch_files.py tests/src/test/resources/tandem/model/weights
The numbers are simple functions of their index, which the tests compute again."""
import argparse
import collections
import pathlib
import sys

import torch

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)


def ramp(count, dtype=torch.float32):
    """0, 0.5, 1, ...: exact in every type up to 128."""
    return (torch.arange(count) / 2).to(dtype)


base = ramp(48)
views = collections.OrderedDict(
    plain=ramp(6).reshape(2, 3),
    double=ramp(6, torch.float64).reshape(2, 3),
    half=ramp(6, torch.float16).reshape(2, 3),
    bfloat16=ramp(6, torch.bfloat16).reshape(2, 3),
    integer=torch.arange(3),
    scalar=torch.tensor(2.5),
    empty=torch.zeros(0, 4),
    base=base,
    offset=base[40:46],
    transposed=base[:6].reshape(2, 3).t(),
    every_second=base[1:13:2],
    channels_last=base.reshape(2, 3, 2, 4).contiguous(memory_format=torch.channels_last),
    expanded=base[3:5].reshape(2, 1).expand(2, 3),
)
torch.save(views, folder / "views.pth")
torch.save(views, folder / "views-protocol4.pth", pickle_protocol=4)
torch.save({"epoch": 3, "best": 0.5, "names": ["a", "b"], "none": None, "flag": True,
            "state_dict": {"module.weight": torch.nn.Parameter(ramp(4)), "module.bias": ramp(2)}}, folder / "wrapped.pth")
torch.save(views, folder / "legacy.pth", _use_new_zipfile_serialization=False)
torch.save({"state_dict": {"weight": ramp(4)}, "arguments": argparse.Namespace(rate=0.1)}, folder / "namespace.pth")
torch.save(ramp(4), folder / "tensor.pth")
torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), str(folder / "script.pth"))


def resnet18(width):
    """Names, shapes and order of torchvision.models.resnet18().state_dict(), all channels divided by 64 / width."""
    shapes = collections.OrderedDict()

    def convolution(name, outputs, inputs, size):
        shapes[name + ".weight"] = (outputs, inputs, size, size)

    def normalization(name, channels):
        for part in ("weight", "bias", "running_mean", "running_var", "num_batches_tracked"):
            shapes[name + "." + part] = () if part == "num_batches_tracked" else (channels,)

    convolution("conv1", width, 3, 7)
    normalization("bn1", width)
    inputs = width
    for stage in range(4):
        outputs = width << stage
        for block in range(2):
            name = f"layer{stage + 1}.{block}"
            convolution(name + ".conv1", outputs, inputs, 3)
            normalization(name + ".bn1", outputs)
            convolution(name + ".conv2", outputs, outputs, 3)
            normalization(name + ".bn2", outputs)
            if block == 0 and stage > 0:
                convolution(name + ".downsample.0", outputs, inputs, 1)
                normalization(name + ".downsample.1", outputs)
            inputs = outputs
    shapes["fc.weight"] = (5, inputs)
    shapes["fc.bias"] = (5,)
    return shapes


def encoder(width):
    """All tensors are views of one storage, whose elements are (index mod 251) / 16."""
    shapes = resnet18(width)
    counts = {name: torch.Size(shape).numel() for name, shape in shapes.items()}
    flat = (torch.arange(sum(counts.values())) % 251) / 16
    tensors, at = collections.OrderedDict(), 0
    for name, shape in shapes.items():
        tensors[name] = flat[at:at + counts[name]].reshape(shape)
        at += counts[name]
    return tensors


tensors = encoder(1)
torch.save({"state_dict": {"module." + name: tensor for name, tensor in tensors.items()}}, folder / "encoder.pth")
try:  # Where timm and torchvision are installed, compare the names with theirs.
    import torchvision
    import timm
    full = resnet18(64)
    full["fc.weight"], full["fc.bias"] = (1000, 512), (1000,)
    for model in (torchvision.models.resnet18(), timm.create_model("resnet18", pretrained=False)):
        found = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
        assert list(found.items()) == list(full.items()), "the names or shapes differ"
    print("names and shapes are those of torchvision", torchvision.__version__, "and timm", timm.__version__)
except ImportError as absent:
    print("names not compared:", absent)
