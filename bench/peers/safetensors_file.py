"""Reads safetensors files of float32 tensors."""

import json

import torch


def read(path):
    """Its tensors by name: a length, a JSON header, the values."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        body = bytearray(file.read())
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            values = torch.frombuffer(body, dtype=torch.float32, count=(end - begin) // 4, offset=begin) if end > begin else torch.zeros(0)
            tensors[name] = values.reshape(entry["shape"])
    return tensors


def state(tensors):
    """The same with filters (K, R, S, C) in PyTorch's order (K, C, R, S)."""
    return {name: value.permute(0, 3, 1, 2).contiguous() if value.dim() == 4 else value for name, value in tensors.items()}
