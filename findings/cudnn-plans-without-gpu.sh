#!/usr/bin/env bash
# cuDNN 9 without a GPU and without the NVIDIA driver.
# 1. cudnnCreate fails, but since 9.8 a descriptor of type CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR takes the place of the handle in the
#    graph API. NVIDIA documents it for compilation ahead of time, with a JSON text that was read from a GPU. A text written by hand
#    is enough: the heuristics propose engines for the described GPU, their plans can be made, have a workspace size, and can be made
#    again from the number of the engine and its knobs. So code that chooses, stores and restores plans can be tested without a GPU.
#    Only engines with precompiled kernels: those that compile at run time need libcuda.so.1, and the heuristics leave them out
#    without an error.
# 2. The order of additions after a convolution decides which engines there are. Convolution, residual, bias, ReLU has precompiled
#    kernels. Convolution, bias, residual, ReLU, the same mathematics, has none, so there are 0 proposals here. With a driver, engines
#    that compile at run time may support it; this was not tried.
# Output with nvidia-cudnn-cu13 9.24.0.43 and nvidia-cublas 13.1.1.3 on x86-64, the same with nvidia-cuda-nvrtc 13.0.88 beside them
# (proposals: of the modes A + FALLBACK; the plans after them are of all engines of the graph, with default knobs):
#   cuDNN 92400
#   cudnnCreate: CUDNN_STATUS_NOT_INITIALIZED
#   float32: 38 plans, first engine 67, workspaces 0 to 209862672 bytes; made again: the same
#   float16: 40 plans, first engine 62, workspaces 0 to 131 bytes; made again: the same
#   bfloat16: 33 plans, first engine 62, workspaces 0 to 131 bytes; made again: the same
#   float16 on compute capability 8.0: 40 plans, first engine 22, workspaces 0 to 419481759 bytes; made again: the same
#   float32, residual, bias, ReLU: 34 + 2 proposals; 15 plans of 15 precompiled engines, 0 of 5 compiled at run time (4 prerequisite missing)
#   float32, bias, residual, ReLU: 0 + 0 proposals; 0 plans of 0 precompiled engines, 0 of 9 compiled at run time (7 prerequisite missing)
#   float16, residual, bias, ReLU: 37 + 2 proposals; 15 plans of 15 precompiled engines, 0 of 5 compiled at run time (4 prerequisite missing)
#   float16, bias, residual, ReLU: 0 + 0 proposals; 0 plans of 0 precompiled engines, 0 of 9 compiled at run time (7 prerequisite missing)
#   bfloat16, residual, bias, ReLU: 30 + 2 proposals; 14 plans of 14 precompiled engines, 0 of 5 compiled at run time (4 prerequisite missing)
#   bfloat16, bias, residual, ReLU: 0 + 0 proposals; 0 plans of 0 precompiled engines, 0 of 9 compiled at run time (7 prerequisite missing)
# Needs python3 (3.9 or newer) with venv, a package index, and 3 GB in the temporary folder, which it deletes. Fails if the output
# differs. Without libcublasLt of nvidia-cublas, cuDNN aborts the process. What Tandem does about it: tandem.engine.cuda.GraphConvolution adds
# the residual first, and tests/real-cudnn.sh checks the plans for a described GPU.
set -euo pipefail
if python3 -c 'import ctypes; ctypes.CDLL("libcuda.so.1")' 2>/dev/null; then
    echo "this machine has the NVIDIA driver; the script shows what happens without it"
    exit 2
fi
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
TMPDIR="$work" "$work/venv/bin/pip" install --quiet --no-cache-dir --no-deps nvidia-cudnn-cu13==9.24.0.43 nvidia-cublas==13.1.1.3
cat >"$work/device.json" <<'JSON'
{
  "deviceVer": 900, "driverVer": 13000, "cudaDeviceId": 0, "totalGlobalMem": 150000000000,
  "maxGridSize": [2147483647, 65535, 65535], "maxBlockSize": [1024, 1024, 64], "regsPerBlock": 65536,
  "multiProcessorCount": 132, "smCountOrigin": 0, "warpSize": 32, "maxSharedMemoryPerBlock": 49152,
  "maxSharedMemoryPerBlockOptin": 232448, "reservedSharedMemoryPerBlock": 1024, "maxRegistersPerSM": 65536,
  "maxCtasPerSM": 32, "maxThreadsPerBlock": 1024, "maxThreadsPerSM": 2048, "pciDeviceId": 0, "isTccDriver": 0,
  "supportCoopLaunch": 1, "smClockRateKHz": 1980000, "memClockRateKHz": 3201000, "l2CacheSize": 62914560,
  "deviceName": "NVIDIA H200"
}
JSON
cat >"$work/plans.py" <<'PYTHON'
import collections
import ctypes
import json
import sys

# Numbers of cudnn_graph.h: types of descriptors, types of attributes, data types, modes. Attributes are named where used.
POINTWISE, CONVOLUTION, ENGINE, CONFIGURATION, HEURISTICS, PLAN, KNOB_CHOICE = 0, 1, 2, 3, 4, 5, 7
OPERATION_CONVOLUTION_FORWARD, OPERATION_POINTWISE, GRAPH, TENSOR, DEVICE_PROPERTIES = 10, 13, 15, 17, 38
DATA_TYPE, BOOLEAN, INT64, FLOAT, CONVOLUTION_MODE, HEURISTICS_MODE = 1, 2, 3, 4, 7, 8
KNOB_TYPE, POINTWISE_MODE, DESCRIPTOR, BEHAVIOR_NOTE, CHARACTER = 9, 14, 15, 19, 24
TYPES = {"float32": 0, "float16": 2, "bfloat16": 9}
CROSS_CORRELATION, ADD, RELU, RANKED, FALLBACK, COMPILED_AT_RUN_TIME = 1, 0, 100, 3, 2, 0
C_TYPES = {BOOLEAN: ctypes.c_bool, INT64: ctypes.c_int64, FLOAT: ctypes.c_float, DESCRIPTOR: ctypes.c_void_p, CHARACTER: ctypes.c_char}

cudnn = ctypes.CDLL("libcudnn.so.9")
cudnn.cudnnGetVersion.restype = ctypes.c_size_t
cudnn.cudnnGetErrorString.restype = ctypes.c_char_p
cudnn.cudnnBackendCreateDescriptor.argtypes = [ctypes.c_int, ctypes.c_void_p]
cudnn.cudnnBackendSetAttribute.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_void_p]
cudnn.cudnnBackendGetAttribute.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.c_int64] + [ctypes.c_void_p] * 2
cudnn.cudnnBackendFinalize.argtypes = [ctypes.c_void_p]


class NotSupported(Exception):
    pass


def text(status):
    return cudnn.cudnnGetErrorString(status).decode()


def check(status):
    if status != 0:
        raise NotSupported(text(status))


def make(kind):
    descriptor = ctypes.c_void_p()
    check(cudnn.cudnnBackendCreateDescriptor(kind, ctypes.byref(descriptor)))
    return descriptor.value


def put(descriptor, attribute, kind, *values):
    array = (C_TYPES.get(kind, ctypes.c_int) * len(values))(*values)
    check(cudnn.cudnnBackendSetAttribute(descriptor, attribute, kind, len(values), array))


def ready(descriptor):
    check(cudnn.cudnnBackendFinalize(descriptor))
    return descriptor


def get(descriptor, attribute, kind, *values):
    array = (C_TYPES.get(kind, ctypes.c_int) * len(values))(*values)
    count = ctypes.c_int64()
    check(cudnn.cudnnBackendGetAttribute(descriptor, attribute, kind, len(values), ctypes.byref(count), array))
    return list(array)[: count.value]


def tensor(number, kind, n, c, h, w, virtual=False):
    """NHWC in memory; sizes and strides are in the order N, C, H, W."""
    made = make(TENSOR)
    put(made, 900, INT64, 16)  # byte alignment
    put(made, 901, DATA_TYPE, kind)
    put(made, 902, INT64, n, c, h, w)
    put(made, 903, INT64, h * w * c, 1, w * c, c)  # strides
    put(made, 906, INT64, number)
    if virtual:
        put(made, 907, BOOLEAN, True)
    return ready(made)


def pointwise(mode, x, b, y):
    what = make(POINTWISE)
    put(what, 0, POINTWISE_MODE, mode)
    put(what, 1, DATA_TYPE, TYPES["float32"])  # computes in float
    operation = make(OPERATION_POINTWISE)
    put(operation, 750, DESCRIPTOR, ready(what))
    put(operation, 751, DESCRIPTOR, x)
    if b is not None:
        put(operation, 752, DESCRIPTOR, b)
    put(operation, 753, DESCRIPTOR, y)
    return ready(operation)


def operation_graph(kind, steps, n=16, c=64, size=160, k=64):
    """A 3x3 convolution of 160x160 images and element-wise operations after it, whose intermediate results are virtual."""
    convolution = make(CONVOLUTION)
    put(convolution, 100, DATA_TYPE, TYPES["float32"])  # computes in float
    put(convolution, 101, CONVOLUTION_MODE, CROSS_CORRELATION)
    put(convolution, 106, INT64, 2)  # spatial dimensions
    for attribute in (102, 103, 104, 105):  # dilations, strides, padding after, padding before
        put(convolution, attribute, INT64, 1, 1)
    results = [tensor(10 + i, TYPES["float32"], n, k, size, size, True) for i in range(len(steps))]
    results.append(tensor(2, kind, n, k, size, size))
    forward = make(OPERATION_CONVOLUTION_FORWARD)
    put(forward, 700, FLOAT, 1)  # alpha
    put(forward, 701, FLOAT, 0)  # beta
    put(forward, 702, DESCRIPTOR, ready(convolution))
    put(forward, 703, DESCRIPTOR, tensor(3, kind, k, c, 3, 3))
    put(forward, 704, DESCRIPTOR, tensor(1, kind, n, c, size, size))
    put(forward, 705, DESCRIPTOR, results[0])
    operations = [ready(forward)]
    for i, step in enumerate(steps):
        x, y = results[i : i + 2]
        if step == "ReLU":
            operations.append(pointwise(RELU, x, None, y))
        elif step == "bias":
            operations.append(pointwise(ADD, x, tensor(4, kind, 1, k, 1, 1), y))
        else:
            operations.append(pointwise(ADD, x, tensor(5, kind, n, k, size, size), y))
    graph = make(GRAPH)  # without its handle, attribute 800
    put(graph, 801, DESCRIPTOR, *operations)
    return ready(graph)


def proposals(graph, device, mode):
    """The configurations that the heuristics return, best first."""
    heuristics = make(HEURISTICS)
    put(heuristics, 204, DESCRIPTOR, device)
    put(heuristics, 201, DESCRIPTOR, graph)
    put(heuristics, 200, HEURISTICS_MODE, mode)
    return get(ready(heuristics), 202, DESCRIPTOR, *[make(CONFIGURATION) for _ in range(128)])


def described(configuration):
    """The number of the engine and its knobs."""
    (engine,) = get(configuration, 300, DESCRIPTOR, make(ENGINE))
    knobs = get(configuration, 302, DESCRIPTOR, *[make(KNOB_CHOICE) for _ in range(64)])
    return get(engine, 1301, INT64, 0)[0], [(get(knob, 600, KNOB_TYPE, 0)[0], get(knob, 601, INT64, 0)[0]) for knob in knobs]


def engine_of(graph, device, number):
    engine = make(ENGINE)
    put(engine, 1307, DESCRIPTOR, device)
    put(engine, 1300, DESCRIPTOR, graph)
    put(engine, 1301, INT64, number)
    return ready(engine)


def configuration_of(engine, knobs):
    choices = []
    for kind, value in knobs:
        choice = make(KNOB_CHOICE)
        put(choice, 600, KNOB_TYPE, kind)
        put(choice, 601, INT64, value)
        choices.append(ready(choice))
    configuration = make(CONFIGURATION)
    put(configuration, 300, DESCRIPTOR, engine)
    if choices:
        put(configuration, 302, DESCRIPTOR, *choices)
    return ready(configuration)


def workspace(configuration, device):
    """Makes a plan, without a handle (attribute 400)."""
    plan = make(PLAN)
    put(plan, 407, DESCRIPTOR, device)
    put(plan, 401, DESCRIPTOR, configuration)
    return get(ready(plan), 402, INT64, 0)[0]


def described_device(properties):
    device = make(DEVICE_PROPERTIES)
    put(device, 2702, CHARACTER, *json.dumps(properties).encode())
    return ready(device)


def convolution_alone(name, kind, device):
    graph = operation_graph(kind, [])
    engines, sizes, again = [], [], []
    for configuration in proposals(graph, device, RANKED):
        number, knobs = described(configuration)
        engines.append(number)
        sizes.append(workspace(configuration, device))
        again.append(workspace(configuration_of(engine_of(graph, device, number), knobs), device))
    same = "the same" if again == sizes else "not the same"
    print(f"{name}: {len(sizes)} plans, first engine {engines[0]}, workspaces {min(sizes)} to {max(sizes)} bytes; made again: {same}")


def fused(name, kind, steps, device):
    graph = operation_graph(kind, steps)
    ranked, fallback = [len(proposals(graph, device, mode)) for mode in (RANKED, FALLBACK)]
    engines, plans, missing = collections.Counter(), collections.Counter(), 0
    for number in range(get(graph, 802, INT64, 0)[0]):
        try:
            engine = engine_of(graph, device, number)
        except NotSupported:
            continue
        compiled = COMPILED_AT_RUN_TIME in get(engine, 1305, BEHAVIOR_NOTE, *[0] * 32)
        engines[compiled] += 1
        try:
            workspace(configuration_of(engine, []), device)
            plans[compiled] += 1
        except NotSupported as e:
            missing += str(e) == "CUDNN_STATUS_NOT_SUPPORTED_RUNTIME_PREREQUISITE_MISSING"
    print(
        f"{name}, {', '.join(steps)}: {ranked} + {fallback} proposals; {plans[False]} plans of {engines[False]} precompiled engines,"
        f" {plans[True]} of {engines[True]} compiled at run time ({missing} prerequisite missing)"
    )


print("cuDNN", cudnn.cudnnGetVersion())
print("cudnnCreate:", text(cudnn.cudnnCreate(ctypes.byref(ctypes.c_void_p()))))
with open(sys.argv[1]) as file:
    properties = json.load(file)
hopper = described_device(properties)
for name, kind in TYPES.items():
    convolution_alone(name, kind, hopper)
ampere = {"deviceVer": 800, "multiProcessorCount": 108, "maxSharedMemoryPerBlockOptin": 166912, "l2CacheSize": 41943040}
convolution_alone("float16 on compute capability 8.0", TYPES["float16"], described_device(properties | ampere))
for name, kind in TYPES.items():
    fused(name, kind, ["residual", "bias", "ReLU"], hopper)
    fused(name, kind, ["bias", "residual", "ReLU"], hopper)
PYTHON
sed -n 's/^#   \([^ ]\)/\1/p' "$0" >"$work/expected"
LD_LIBRARY_PATH="$(echo "$work"/venv/lib/python3*/site-packages/nvidia/cudnn/lib)" \
    "$work/venv/bin/python3" "$work/plans.py" "$work/device.json" >"$work/seen"
cat "$work/seen"
diff "$work/expected" "$work/seen" && echo "as described"
