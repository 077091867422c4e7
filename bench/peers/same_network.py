#!/usr/bin/env python3
"""Compares the PyTorch network with that of Tandem: number of trained parameters and, with the weights of Tandem, outputs.

Reads the file that the part "reference" of the GPU check writes, and prints one JSON object.
"""

import argparse
import json

import torch

from network import TwoHeads
from safetensors_file import read, state
from two_heads import CLASSES


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--encoder", default="resnet18")
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--side", type=int, default=320)
    parser.add_argument("--pooling", type=lambda text: text == "true", default=False)
    options = parser.parse_args()
    tensors = read(options.file)
    check = {name: tensors.pop(name) for name in list(tensors) if name.startswith("check.")}
    model = TwoHeads(options.encoder, options.width, options.pooling, CLASSES, options.side).eval()
    missing, unexpected = model.load_state_dict(state(tensors), strict=False)
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    with torch.no_grad():
        location, confidence, segmentation = model(check["check.images"].permute(0, 3, 1, 2))
    apart = {}
    for name, found in (("location", location), ("confidence", confidence), ("segmentation", segmentation.permute(0, 2, 3, 1))):
        expected = check["check." + name]
        apart[name] = float((found - expected).abs().max() / expected.abs().max()) if found.shape == expected.shape else float("inf")
    count = sum(parameter.numel() for parameter in model.parameters())
    print(json.dumps({"parameters": count, "missing": missing, "unexpected": unexpected, "apart": apart}))


if __name__ == "__main__":
    main()
