"""Anchors, matching, losses, decoding and suppression of Tandem's network, in PyTorch operations of fixed shapes."""

import math

import torch
from torch.nn import functional

MEAN = (0.485, 0.456, 0.406)
DEVIATION = (0.229, 0.224, 0.225)


def constants(device):
    """Mean and deviation on the device; made beforehand, since copies from ordinary memory are not allowed in a CUDA graph."""
    return torch.tensor(MEAN, device=device), torch.tensor(DEVIATION, device=device)


def normalize(pixels, mean, deviation):
    """Bytes (N, S, S, 3) to normalized floats (N, 3, S, S); a view in channels-last memory."""
    return ((pixels.float() / 255 - mean) / deviation).permute(0, 3, 1, 2)


def anchors(side, levels, base=24.0):
    """(A, 4): center x, center y, width, height as fractions of the side."""
    rows = []
    for level in range(levels):
        cells = -(-side // (8 << level))
        for row in range(cells):
            for column in range(cells):
                for size in (base * 2 ** level, base * 2 ** level * math.sqrt(2)):
                    for stretch in (1, math.sqrt(2), math.sqrt(0.5)):
                        rows.append(((column + 0.5) / cells, (row + 0.5) / cells, min(1, size * stretch / side), min(1, size / stretch / side)))
    return torch.tensor(rows)


def corners(boxes):
    return torch.cat((boxes[..., :2] - boxes[..., 2:] / 2, boxes[..., :2] + boxes[..., 2:] / 2), -1)


def decode(offsets, anchor):
    """Offsets (N, A, 4) to corners, as fractions."""
    center = anchor[:, :2] + 0.1 * offsets[..., :2] * anchor[:, 2:]
    return corners(torch.cat((center, anchor[:, 2:] * torch.exp(0.2 * offsets[..., 2:])), -1))


def overlaps(a, b):
    """Intersection over union of corners (..., G, 4) and (A, 4): (..., G, A)."""
    low = torch.maximum(a[..., :, None, :2], b[None, :, :2])
    high = torch.minimum(a[..., :, None, 2:], b[None, :, 2:])
    inside = (high - low).clamp(min=0).prod(-1)
    area = lambda box: (box[..., 2:] - box[..., :2]).prod(-1)
    return inside / (area(a)[..., :, None] + area(b)[None, :] - inside)


def match(boxes, labels, anchor):
    """Targets of boxes (N, G, 4) as corners; rows of zeros are no boxes.

    Labels (N, A): the class, -1 for background, -2 - c for an anchor that is ignored for class c; offsets (N, A, 4); positive (N, A).
    """
    real = ((boxes[..., 2:] > boxes[..., :2]).all(-1))[..., None]
    overlap = torch.where(real, overlaps(boxes, corners(anchor)), -1.0)
    best, truth = overlap.max(1)
    most, forced = overlap.max(2)
    # The best anchor of each box is positive; where two boxes have the same, the later box gets it.
    numbers = torch.arange(boxes.shape[1], device=boxes.device)
    claim = torch.full_like(truth, -1).scatter_reduce(1, forced, torch.where(most > 0, numbers, -1), "amax")
    best = torch.where(claim >= 0, 1.0, best)
    truth = torch.where(claim >= 0, claim, truth)
    positive = best >= 0.5
    wanted = labels.gather(1, truth)
    target = torch.where(positive, wanted, torch.where(best >= 0.4, -2 - wanted, -1))
    matched = boxes.gather(1, truth[..., None].expand(-1, -1, 4))
    # Anchors that are not positive have no box: any box with an area keeps the logarithm finite.
    matched = torch.where(positive[..., None], matched, corners(anchor).expand_as(matched))
    size = matched[..., 2:] - matched[..., :2]
    middle = (matched[..., 2:] + matched[..., :2]) / 2
    offsets = torch.cat(((middle - anchor[:, :2]) / (0.1 * anchor[:, 2:]), torch.log(size / anchor[:, 2:]) / 0.2), -1)
    return target, offsets, positive


def near_tie(boxes, anchor, within=1e-6):
    """Anchors (N, A) whose target depends on rounding: an overlap is a bound of `match`, equals that of another box, or is the best of a box, but for `within`."""
    real = ((boxes[..., 2:] > boxes[..., :2]).all(-1))[..., None]
    overlap = torch.where(real, overlaps(boxes, corners(anchor)), -1.0)
    order = overlap.sort(1).values
    ties = ((overlap - 0.5).abs() < within) | ((overlap - 0.4).abs() < within) | (real & (overlap > overlap.max(2, keepdim=True).values - within))
    ties = ties.any(1)
    return ties | (order[:, -1] - order[:, -2] < within) & (order[:, -1] > 0) if boxes.shape[1] > 1 else ties


def detection_losses(location, confidence, target, offsets, weights=None):
    """Balanced L1 and focal loss of the targets of `match`. weights (N): 1 for images with annotated boxes, even if there are none, else 0; all 1 without it."""
    with torch.no_grad():
        positive = target >= 0
        if weights is None:
            weights = torch.ones(target.shape[0], device=target.device)
        shown = (weights > 0)[:, None]
        count = (positive & shown).sum().clamp(min=1)
        classes = torch.arange(confidence.shape[2], device=target.device)
        hot = (target[..., None] == classes).to(confidence.dtype)
        used = (target[..., None] != -2 - classes) * weights[:, None, None]
    p = torch.sigmoid(confidence)
    missed = (1 - p) * hot + p * (1 - hot)
    weight = (0.25 * hot + 0.75 * (1 - hot)) * missed
    entropy = functional.binary_cross_entropy_with_logits(confidence, hot, reduction="none")
    focal = (weight * entropy * used).sum() / count
    d = (location - offsets).abs()
    alpha, gamma, beta = 0.5, 1.5, 0.11
    b = math.exp(gamma / alpha) - 1
    near = alpha / b * (b * d + 1) * torch.log(b * d / beta + 1) - alpha * d
    balanced = torch.where(d < beta, near, gamma * d + gamma / b - alpha * beta)
    return (balanced * (positive * weights[:, None])[..., None]).sum() / (4 * count), focal


def segmentation_loss(logits, masks):
    """Cross-entropy of the up-sampled logits, averaged over all pixels that are not 255; 0 when there are none."""
    fine = functional.interpolate(logits, size=masks.shape[1:], mode="bilinear", align_corners=False)
    return functional.cross_entropy(fine, masks, ignore_index=255, reduction="sum") / (masks != 255).sum().clamp(min=1)


def losses(outputs, boxes, labels, masks, anchor):
    """All losses, summed."""
    location, confidence, logits = (x.float() for x in outputs)
    target, offsets, _ = match(boxes, labels, anchor)
    return sum(detection_losses(location, confidence, target, offsets)) + segmentation_loss(logits, masks)


def candidates(outputs, anchor, threshold=0.001, limit=1000):
    """The best (box, class) pairs of one image: corners (K, 4), scores (K) with those below the threshold at 0, classes (K)."""
    location, confidence = outputs[0][0].float(), outputs[1][0].float()
    scores = torch.sigmoid(confidence).flatten()
    best, index = scores.topk(min(limit, scores.numel()))
    boxes = decode(location, anchor)[index // confidence.shape[1]]
    return boxes, torch.where(best >= threshold, best, 0.0), index % confidence.shape[1]


def suppress(boxes, scores, classes, overlap=0.5, limit=100):
    """Non-maximum suppression per class; torchvision's where it is there, else a plain one on the host."""
    try:
        from torchvision.ops import batched_nms
        return batched_nms(boxes, scores, classes, overlap)[:limit]
    except ImportError:
        shifted = boxes + 2 * classes[:, None]
        clear = (overlaps(shifted, shifted) <= overlap).cpu()
        alive = torch.ones(len(clear), dtype=torch.bool)
        kept = []
        while len(kept) < limit and bool(alive.any()):
            # Candidates come with falling scores.
            best = int(alive.int().argmax())
            kept.append(best)
            alive &= clear[best]
            alive[best] = False
        return torch.tensor(kept, device=boxes.device)


def mask(outputs, side):
    """The class of each pixel: bytes (S, S)."""
    fine = functional.interpolate(outputs[2].float(), size=(side, side), mode="bilinear", align_corners=False)
    return fine[0].argmax(0).to(torch.uint8)
