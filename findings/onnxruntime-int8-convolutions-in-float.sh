#!/usr/bin/env bash
# ONNX Runtime on x86-64 computes convolutions of a quantized network in float32, without a warning, where their input or
# result is read twice and activations are signed bytes: QInt8, the default of quantize_static and the first choice of its
# guide. While it loads a model (qdq_s8_to_u8.cc), it changes pairs of QuantizeLinear and DequantizeLinear to unsigned
# bytes, but only where one DequantizeLinear reads the QuantizeLinear, and each reader of a value has one of its own. A
# convolution between a changed and an unchanged pair is then not fused to QLinearConv: the first of each residual block.
# With QUInt8 all are. Of the network of `tandem demo`, 36 of 74 convolutions stay in float32; one frame took 6.9 ms in
# place of 4.2 ms (one thread, the best of 6 seconds, other programs running).
# Seen with onnxruntime 1.30.0 and onnx 1.23.1, Python 3.11, x86-64 with AVX-512 and VNNI; needs python3 with venv, and
# downloads these packages into a temporary folder. What Tandem does about it: bench/peers/quantize_onnx.py uses QUInt8.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q onnxruntime==1.30.0 onnx==1.23.1
cat >"$work/blocks.py" <<'PYTHON'
import sys

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

folder = sys.argv[1]
random = numpy.random.default_rng(1)
initializers, nodes = [], []


def convolution(x, y):
    initializers.append(numpy_helper.from_array(random.normal(0, 0.1, (16, 16, 3, 3)).astype(numpy.float32), y + ".weight"))
    initializers.append(numpy_helper.from_array(random.normal(0, 0.1, 16).astype(numpy.float32), y + ".bias"))
    nodes.append(helper.make_node("Conv", [x, y + ".weight", y + ".bias"], [y], y, kernel_shape=[3, 3], pads=[1, 1, 1, 1]))


def block(x, name):
    convolution(x, name + ".a")
    nodes.append(helper.make_node("Relu", [name + ".a"], [name + ".r"], name + ".r"))
    convolution(name + ".r", name + ".b")
    nodes.append(helper.make_node("Add", [name + ".b", x], [name + ".s"], name + ".s"))
    nodes.append(helper.make_node("Relu", [name + ".s"], [name], name))


convolution("x", "first")
block("first", "one")
block("one", "two")
convolution("two", "y")
shape = [1, 16, 12, 12]
values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in ("x", "y")]
graph = helper.make_graph(nodes, "blocks", values[:1], values[1:], initializers)
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), folder + "/blocks.onnx")


class Images(CalibrationDataReader):
    def __init__(self):
        self.rest = iter([{"x": random.normal(0, 1, shape).astype(numpy.float32)} for _ in range(4)])

    def get_next(self):
        return next(self.rest, None)


print("onnxruntime", onnxruntime.__version__, "onnx", onnx.__version__, file=sys.stderr)
for name, kind in (("signed", QuantType.QInt8), ("unsigned", QuantType.QUInt8)):
    quantize_static(folder + "/blocks.onnx", folder + "/bytes.onnx", Images(), quant_format=QuantFormat.QDQ, per_channel=True,
                    activation_type=kind, weight_type=QuantType.QInt8)
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = folder + "/loaded.onnx"
    options.log_severity_level = 3
    onnxruntime.InferenceSession(folder + "/bytes.onnx", options, providers=["CPUExecutionProvider"])
    kinds = [node.op_type for node in onnx.load(folder + "/loaded.onnx").graph.node]
    print(f"{name} activations: {kinds.count('QLinearConv')} convolutions on bytes, {kinds.count('Conv')} in float32")
PYTHON
cat >"$work/expected" <<'TEXT'
signed activations: 3 convolutions on bytes, 3 in float32
unsigned activations: 6 convolutions on bytes, 0 in float32
TEXT
"$work/venv/bin/python" "$work/blocks.py" "$work" >"$work/seen" 2>"$work/log" || { cat "$work/log"; exit 1; }
grep '^onnxruntime' "$work/log"
cat "$work/seen"
diff "$work/expected" "$work/seen" && echo "as described"
