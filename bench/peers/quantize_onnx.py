#!/usr/bin/env python3
"""Quantizes a file that `tandem export` wrote with ONNX Runtime: static, QDQ format, bytes with sign and a scale of each channel for weights.

  quantize_onnx.py MODEL FRAMES OUTPUT --size N [--count N] [--activations u8|s8] [--method minmax|entropy|percentile] [--seven-bit-weights]

FRAMES is the calibration data: frames of N x N pixels, RGB bytes, one after the other, of which the first --count are used. Everything between the first and the last convolutions is
quantized; pre-processing, decoding of boxes and masks, and non-maximum suppression stay in float32. Prints one JSON object: the versions, the number of
convolutions, and how many of them ONNX Runtime computes on bytes after its graph optimizations. Requires the packages onnxruntime and onnx.
With signed bytes for activations (s8) half of the convolutions stay in float32, see findings/onnxruntime-int8-convolutions-in-float.sh.
"""
import argparse
import json
import pathlib
import tempfile

import numpy
import onnx
import onnxruntime
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

METHODS = {"minmax": CalibrationMethod.MinMax, "entropy": CalibrationMethod.Entropy, "percentile": CalibrationMethod.Percentile}
TYPES = {"u8": QuantType.QUInt8, "s8": QuantType.QInt8}
BYTE_CONVOLUTIONS = ("QLinearConv", "ConvInteger")


class Frames(CalibrationDataReader):
    def __init__(self, file, size, count):
        frames = numpy.fromfile(file, dtype=numpy.uint8).reshape(-1, 1, size, size, 3)[:count]
        self.rest = iter([{"frames": frame} for frame in frames])

    def get_next(self):
        return next(self.rest, None)


def reached(nodes, from_names, to_names):
    """Names of the nodes that a convolution leads to; nodes are in the order of the computation."""
    values, names = set(), set()
    for node in nodes:
        if node.op_type == "Conv" or any(name in values for name in from_names(node)):
            names.add(node.name)
            values.update(to_names(node))
    return names


def network_nodes(graph):
    """The convolutions, and the nodes that lie between two of them."""
    after = reached(graph.node, lambda node: node.input, lambda node: node.output)
    before = reached(reversed(graph.node), lambda node: node.output, lambda node: node.input)
    return [node.name for node in graph.node if node.name in after and node.name in before]


def name_all(model):
    for i, node in enumerate(model.graph.node):
        node.name = node.name or "node_%d" % i


def operations(file, folder):
    """The operations that ONNX Runtime runs."""
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(folder / "optimized.onnx")
    options.log_severity_level = 3
    onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    return [node.op_type for node in onnx.load(options.optimized_model_filepath).graph.node]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("frames", type=pathlib.Path)
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--count", type=int)
    parser.add_argument("--activations", choices=TYPES, default="u8")
    parser.add_argument("--method", choices=METHODS, default="minmax")
    parser.add_argument("--seven-bit-weights", action="store_true", help="for processors without VNNI")
    o = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        prepared = folder / "prepared.onnx"
        quant_pre_process(str(o.model), str(prepared), skip_symbolic_shape=True)
        model = onnx.load(prepared)
        name_all(model)
        onnx.save(model, prepared)
        convolutions = sum(1 for node in model.graph.node if node.op_type in ("Conv", "FusedConv"))
        quantize_static(str(prepared), str(o.output), Frames(o.frames, o.size, o.count), quant_format=QuantFormat.QDQ, per_channel=True, reduce_range=o.seven_bit_weights,
                        activation_type=TYPES[o.activations], weight_type=QuantType.QInt8, calibrate_method=METHODS[o.method],
                        nodes_to_quantize=network_nodes(model.graph))
        kinds = operations(o.output, folder)
    print(json.dumps({"onnxruntime": onnxruntime.__version__, "onnx": onnx.__version__, "convolutions": convolutions,
                      "bytes": sum(1 for kind in kinds if kind in BYTE_CONVOLUTIONS), "operations": {kind: kinds.count(kind) for kind in sorted(set(kinds))}}))


if __name__ == "__main__":
    main()
