#!/usr/bin/env python3
"""Times Tandem's network in PyTorch, in each mode that its documentation recommends; prints one JSON object for each.

Training: upload of the bytes of a batch, normalization, forward pass, matching, losses, backward pass, clipping, SGD with momentum and
weight decay, moving average. Inference: the bytes of one frame in, boxes and mask out, back to back and at the cadence of a line.
A mode that fails or that there is no time for prints its error instead.
"""

import argparse
import json
import sys
import time

import torch

import objective
from network import TwoHeads, fold

CLASSES = 6
BOXES = 4
# In the order of their worth for a comparison, because the time may end: the fastest first, for inference also eager.
MODES = {
    "training": ["CUDA graph", "compile, reduce-overhead", "channels-last", "compile, max-autotune", "eager"],
    "inference": ["eager", "CUDA graph", "compile, reduce-overhead", "channels-last", "compile, max-autotune"],
}


class Bench:
    def __init__(self, options):
        self.options = options
        self.cuda = options.device == "cuda"
        self.end = time.monotonic() + options.seconds
        self.half = torch.bfloat16 if options.precision == "bfloat16" else None
        torch.manual_seed(0)
        # As in Tandem.
        torch.backends.cuda.matmul.allow_tf32 = True
        torch.backends.cudnn.allow_tf32 = True
        torch.backends.cudnn.benchmark = True

    def network(self, last):
        o = self.options
        model = TwoHeads(o.encoder, o.width, o.pooling, CLASSES, o.side).to(o.device)
        return model.to(memory_format=torch.channels_last) if last else model

    def cast(self):
        return torch.autocast(self.options.device, self.half or torch.bfloat16, enabled=self.half is not None)

    def wait(self):
        if self.cuda:
            torch.cuda.synchronize()

    def anchors(self):
        return objective.anchors(self.options.side, 4 if self.options.side < 512 else 5).to(self.options.device)

    def run(self):
        for mode in MODES[self.options.what]:
            line = {"mode": mode}
            try:
                if mode == "CUDA graph" and not self.cuda:
                    raise RuntimeError("needs a GPU")
                if mode.startswith("compile") and not self.cuda and not self.options.compile:
                    raise RuntimeError("left out on the processor")
                if time.monotonic() > self.end:
                    raise RuntimeError("no time was left for it")
                if self.cuda:
                    torch.cuda.empty_cache()
                    torch.cuda.reset_peak_memory_stats()
                for more in (self.train if self.options.what == "training" else self.infer)(mode):
                    peak = torch.cuda.max_memory_allocated() if self.cuda else 0
                    print(json.dumps({**line, **more, "peakBytes": peak, "torch": torch.__version__}), flush=True)
            except Exception as problem:
                print(json.dumps({**line, "error": "%s: %s" % (type(problem).__name__, " ".join(str(problem).split())[:300])}), flush=True)
            torch._dynamo.reset()

    # Training.

    def batch(self):
        """Bytes in page-locked memory, as a data loader provides them."""
        o = self.options
        generator = torch.Generator().manual_seed(1)
        pixels = torch.randint(0, 256, (o.batch, o.side, o.side, 3), dtype=torch.uint8, generator=generator)
        low = torch.rand(o.batch, BOXES, 2, generator=generator) / 2
        boxes = torch.cat((low, low + 32 / o.side), -1)
        labels = torch.randint(0, CLASSES, (o.batch, BOXES), generator=generator)
        masks = torch.randint(0, CLASSES + 1, (o.batch, o.side, o.side), dtype=torch.uint8, generator=generator)
        host = [pixels, boxes, labels, masks]
        return [x.pin_memory() for x in host] if self.cuda else host

    def train(self, mode):
        o = self.options
        model = self.network(mode != "eager").train()
        trained = [p for p in model.parameters() if p.requires_grad]
        average = [p.detach().clone() for p in model.state_dict().values() if p.is_floating_point()]
        current = [p for p in model.state_dict().values() if p.is_floating_point()]
        optimizer = torch.optim.SGD(trained, 0.01, momentum=0.9, weight_decay=5e-4, foreach=True)
        anchor = self.anchors()
        constants = objective.constants(o.device)
        host = self.batch()
        device = [x.to(o.device) for x in host]

        def loss(pixels, boxes, labels, masks):
            images = objective.normalize(pixels, *constants)
            if mode == "eager":
                images = images.contiguous()
            with self.cast():
                outputs = model(images)
            return objective.losses(outputs, boxes, labels, masks.long(), anchor)

        compiled = torch.compile(loss, mode=mode.split(", ")[1]) if mode.startswith("compile") else loss

        def work():
            optimizer.zero_grad(set_to_none=mode != "CUDA graph")
            value = compiled(*device)
            value.backward()
            torch.nn.utils.clip_grad_norm_(trained, 10, foreach=True)
            optimizer.step()
            torch._foreach_lerp_(average, current, 0.001)
            return value.detach()

        replay = self.record(work) if mode == "CUDA graph" else None

        def step():
            for there, here in zip(device, host):
                there.copy_(here, non_blocking=True)
            if replay is None:
                return work()
            replay[0].replay()
            return replay[1]

        for _ in range(max(o.warmup, 3)):
            value = step()
        self.wait()
        seconds = []
        for _ in range(o.steps):
            start = time.perf_counter()
            value = step()
            # As in Tandem: the loss is read after each step.
            number = float(value)
            seconds.append(time.perf_counter() - start)
        if number != number:
            raise RuntimeError("the loss is not a number")
        yield {"imagesPerSecond": o.batch * len(seconds) / sum(seconds), "medianStepMilliseconds": 1e3 * sorted(seconds)[len(seconds) // 2], "lastLoss": number}

    def record(self, work):
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(4):
                work()
        torch.cuda.current_stream().wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            result = work()
        return graph, result

    # Inference.

    def infer(self, mode):
        o = self.options
        model = self.network(mode != "eager").eval()
        if mode != "eager":
            fold(model)
        anchor = self.anchors()
        constants = objective.constants(o.device)
        frame = torch.randint(0, 256, (1, o.side, o.side, 3), dtype=torch.uint8, generator=torch.Generator().manual_seed(3))
        frame = frame.pin_memory() if self.cuda else frame
        pixels = frame.to(o.device)

        def forward(pixels):
            images = objective.normalize(pixels, *constants)
            if mode == "eager":
                images = images.contiguous()
            with self.cast():
                outputs = model(images)
            return (*objective.candidates(outputs, anchor), objective.mask(outputs, o.side))

        with torch.inference_mode():
            compiled = torch.compile(forward, mode=mode.split(", ")[1]) if mode.startswith("compile") else forward
            replay = self.record(lambda: forward(pixels)) if mode == "CUDA graph" else None

            def inspect():
                pixels.copy_(frame, non_blocking=True)
                if replay is None:
                    boxes, scores, classes, mask = compiled(pixels)
                else:
                    replay[0].replay()
                    boxes, scores, classes, mask = replay[1]
                kept = objective.suppress(boxes, scores, classes)
                return (boxes[kept] * o.side).cpu(), scores[kept].cpu(), classes[kept].cpu(), mask.cpu()

            for _ in range(20 if self.cuda else 2):
                found = inspect()
            for how, count, interval in (("back to back", o.frames, 0.0), ("paced", o.paced, o.cadence / 1e3)):
                milliseconds = []
                due = time.perf_counter()
                for _ in range(count):
                    due += interval
                    while time.perf_counter() < due:
                        left = due - time.perf_counter()
                        if left > 5e-4:
                            time.sleep(left - 5e-4)
                    start = time.perf_counter()
                    found = inspect()
                    milliseconds.append(1e3 * (time.perf_counter() - start))
                milliseconds.sort()
                at = lambda share: milliseconds[min(count, -int(-share * count // 1)) - 1]
                yield {"how": how, "frames": count, "median": milliseconds[count // 2], "p99": at(0.99), "p999": at(0.999), "slowest": milliseconds[-1],
                       "boxes": len(found[0])}


def options(words):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--what", choices=("training", "inference"), required=True)
    parser.add_argument("--encoder", default="resnet18")
    parser.add_argument("--precision", choices=("float32", "bfloat16"), default="float32")
    parser.add_argument("--pooling", type=lambda text: text == "true", default=False)
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--compile", action="store_true", help="compile on the processor too")
    for name, value in (("width", 64), ("side", 320), ("batch", 16), ("steps", 60), ("warmup", 10), ("frames", 3000), ("paced", 1000), ("cadence", 20)):
        parser.add_argument("--" + name, type=int, default=value)
    parser.add_argument("--seconds", type=float, default=600, help="begin no mode after that time")
    return parser.parse_args(words)


if __name__ == "__main__":
    Bench(options(sys.argv[1:])).run()
