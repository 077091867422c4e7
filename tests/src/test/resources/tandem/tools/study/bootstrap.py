"""Figures that StudyStatisticsTest expects: the crossed bootstrap over seeds and images, with its own average precision.

Needs numpy. The made-up outcomes follow from a linear congruential generator that the test has too.
"""
import numpy as np

IMAGES, SEEDS, CLASSES = 60, 3, 2


class Generator:
    def __init__(self, state):
        self.state = state

    def below(self, bound):
        self.state = (self.state * 1103515245 + 12345) % 2 ** 31
        return (self.state >> 8) % bound


def outcomes(skill, seed):
    """For each class: truths of each image, and rows of (image, score, right)."""
    truth = Generator(7)
    found = Generator(1000 * seed + skill)
    truths = np.zeros((CLASSES, IMAGES), int)
    rows = [[] for _ in range(CLASSES)]
    for image in range(IMAGES):
        for label in range(CLASSES):
            truths[label, image] = truth.below(3)
            left = truths[label, image]
            detections = []
            for _ in range(3):
                score = 1 + found.below(1000)
                right = found.below(100) < skill and left > 0
                left -= right
                detections.append((image, score / 1001, int(right)))
            rows[label] += detections
    return truths, [np.array(r) for r in rows]


def ap50(truths, rows, weights):
    values = []
    for label in range(CLASSES):
        objects = (truths[label] * weights).sum()
        if objects == 0:
            continue
        r = rows[label][np.argsort(-rows[label][:, 1], kind="stable")]
        w = weights[r[:, 0].astype(int)]
        right = np.cumsum(w * r[:, 2])
        counted = np.cumsum(w)
        precision = np.divide(right, counted, out=np.zeros(len(r)), where=counted > 0)
        recall = right / objects
        values.append(np.mean([precision[recall >= t * 0.01].max(initial=0) for t in range(101)]))
    return np.mean(values)


def main():
    random = np.random.default_rng(0)
    replicates = 4000
    data = {skill: [outcomes(skill, seed) for seed in range(SEEDS)] for skill in (40, 55)}
    once = np.ones(IMAGES, int)
    full = {skill: np.array([ap50(*run, once) for run in data[skill]]) for skill in data}
    means = {skill: [] for skill in data}
    for _ in range(replicates):
        weights = np.bincount(random.integers(0, IMAGES, IMAGES), minlength=IMAGES)
        seeds = random.integers(0, SEEDS, SEEDS)
        for skill in data:
            means[skill].append(np.mean([ap50(*data[skill][s], weights) for s in seeds]))
    for skill in data:
        print(skill, full[skill], full[skill].mean(), full[skill].std(ddof=1), np.percentile(means[skill], [2.5, 97.5]))
    difference = np.array(means[55]) - np.array(means[40])
    print("difference", (full[55] - full[40]).mean(), np.percentile(difference, [2.5, 97.5]))
    d = full[55] - full[40]
    half = 4.302652729911275 * d.std(ddof=1) / np.sqrt(SEEDS)
    print("student", d.mean() - half, d.mean() + half)
    print("percentiles", np.percentile([3.0, -1.0, 4.0, 1.5, 9.0, 2.6], [2.5, 97.5]))


main()
