package tandem.model.distillation;

/** Losses of imitation in double precision, straight from the formulas. */
final class ReferenceImitation {

    private ReferenceImitation() {}

    static double logistic(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    static double binaryCrossEntropy(double x, double target) {
        return Math.max(x, 0) - x * target + Math.log1p(Math.exp(-Math.abs(x)));
    }

    static double balancedL1(double difference) {
        double b = Math.exp(3) - 1;
        double d = Math.abs(difference);
        return d < 0.11 ? 0.5 / b * (b * d + 1) * Math.log(b * d / 0.11 + 1) - 0.5 * d : 1.5 * d + 1.5 / b - 0.5 * 0.11;
    }

    /** Focal-weighted cross-entropy of one class score. */
    static double confidence(double student, double teacher) {
        double p = logistic(student);
        double t = logistic(teacher);
        return (0.25 * t + 0.75 * (1 - t)) * ((1 - p) * t + p * (1 - t)) * binaryCrossEntropy(student, t);
    }

    /** Kullback-Leibler divergence of the softmax of {@code classes} student logits from the teacher's. */
    static double divergence(double[] student, double[] teacher, int from, int classes, double temperature) {
        double sumS = 0;
        double sumT = 0;
        for (int c = from; c < from + classes; c++) {
            sumS += Math.exp(student[c] / temperature);
            sumT += Math.exp(teacher[c] / temperature);
        }
        double sum = 0;
        for (int c = from; c < from + classes; c++) {
            double logT = teacher[c] / temperature - Math.log(sumT);
            sum += Math.exp(logT) * (logT - student[c] / temperature + Math.log(sumS));
        }
        return sum;
    }

    /** Sum of cell weight times squared distance; maps (N, cells, C) of each level, weights (N, all cells). */
    static double features(double[][] students, double[][] teachers, double[] weights, int images, int channels) {
        int all = weights.length / images;
        double sum = 0;
        int offset = 0;
        for (int level = 0; level < students.length; level++) {
            int cells = students[level].length / images / channels;
            for (int i = 0; i < students[level].length; i++) {
                int n = i / (cells * channels);
                int cell = i / channels % cells;
                double difference = students[level][i] - teachers[level][i];
                sum += weights[n * all + offset + cell] * difference * difference;
            }
            offset += cells;
        }
        return sum;
    }
}
