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


def write(path, values, template):
    """Writes a network file: the tensors and the network settings of a file of Tandem, with the values of a PyTorch model's state."""
    with open(template, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    entries, bodies, offset = {"__metadata__": {"network": header["__metadata__"]["network"]}}, [], 0
    for name, entry in header.items():
        if name in values:
            value = values[name].detach().float()
            body = (value.permute(0, 2, 3, 1) if value.dim() == 4 else value).contiguous()
            if list(body.shape) != entry["shape"]:
                raise ValueError("%s has the shape %s, not %s" % (name, list(body.shape), entry["shape"]))
            entries[name] = {"dtype": "F32", "shape": entry["shape"], "data_offsets": [offset, offset + 4 * body.numel()]}
            offset += 4 * body.numel()
            bodies.append(body.numpy().tobytes())
    text = json.dumps(entries).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text + b"".join(bodies))
