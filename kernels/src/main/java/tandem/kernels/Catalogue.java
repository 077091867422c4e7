package tandem.kernels;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Every kernel that Tandem ships, one line each; {@code stored} lines are kernels for each storage of activations. A
 * new kernel is one {@code .cu} file, one line here, and one row of the operation test table.
 */
public final class Catalogue {

    // spotless:off one line a kernel
    private static final List<KernelEntry> ENTRIES = Stream.of(
            one("cast", "cast_to_bf16", 24, "float to bfloat16"),
            one("cast", "cast_from_bf16", 24, "bfloat16 to float"),
            one("cast", "cast_to_f16", 24, "float to float16"),
            one("cast", "cast_from_f16", 24, "float16 to float"),
            one("cast", "scale_in_place", 24, "x *= factor[0], the factor read from memory"),
            one("augment", "augment_images", 56, "images warped to the canvas, colors changed, normalized"),
            one("augment", "augment_masks", 24, "masks warped to the canvas, nearest pixel"),
            one("augment", "augment_boxes", 36, "boxes moved to the canvas, those off it dropped"),
            stored("crop", "crop_forward", 32, "the upper left part of an image"),
            stored("crop", "crop_backward", 32, "gradient of crop_forward"),
            one("batch_norm", "batch_norm_running", 24, "running statistics move towards those of the batch"),
            stored("batch_norm_forward", "batch_norm_statistics", 32, "partial sums of x and its square for each channel"),
            stored("batch_norm_forward", "batch_norm_statistics4", 40, "partial sums of x and its square, four channels a thread"),
            one("batch_norm_forward", "batch_norm_moments", 40, "mean, variance and scale from partial sums"),
            one("batch_norm_forward", "batch_norm_scale", 24, "gamma / sqrt(variance + epsilon)"),
            stored("batch_norm_forward", "batch_norm_apply", 24, "leaky((x - mean) scale + beta + residual)"),
            stored("batch_norm_forward", "batch_norm_apply4", 40, "leaky((x - mean) scale + beta + residual), four channels a thread"),
            stored("batch_norm_backward", "batch_norm_gradient_sums", 40, "partial sums of g and g (x - mean) for each channel"),
            stored("batch_norm_backward", "batch_norm_gradient_sums4", 48, "partial sums of g and g (x - mean), four channels a thread"),
            one("batch_norm_backward", "batch_norm_gradient_finish", 40, "dgamma, dbeta and the coefficients of dx"),
            stored("batch_norm_backward", "batch_norm_gradient_apply", 24, "dx of batch normalization"),
            stored("batch_norm_backward", "batch_norm_gradient_apply4", 40, "dx of batch normalization, four channels a thread"),
            one("batch_norm_lanes", "batch_norm_statistics_lanes", 40, "partial sums of x and its square, a channel of many rows a thread"),
            one("batch_norm_lanes", "batch_norm_apply_lanes", 40, "leaky((x - mean) scale + beta + residual), a channel of many rows a thread"),
            one("batch_norm_lanes", "batch_norm_gradient_sums_lanes", 48, "partial sums of g and g (x - mean), a channel of many rows a thread"),
            one("batch_norm_lanes", "batch_norm_gradient_apply_lanes", 48, "dx of batch normalization, a channel of many rows a thread"),
            one("batch_norm_lanes", "batch_norm_statistics_lanes2", 40, "partial sums of x and its square, two channels of many rows a thread"),
            one("batch_norm_lanes", "batch_norm_apply_lanes2", 40, "leaky((x - mean) scale + beta + residual), two channels of many rows a thread"),
            one("batch_norm_lanes", "batch_norm_gradient_sums_lanes2", 48, "partial sums of g and g (x - mean), two channels of many rows a thread"),
            one("batch_norm_lanes", "batch_norm_gradient_apply_lanes2", 48, "dx of batch normalization, two channels of many rows a thread"),
            one("batch_norm_lanes", "batch_norm_moments_lanes", 40, "mean, variance and scale, a channel a thread"),
            one("batch_norm_lanes", "batch_norm_gradient_finish_lanes", 40, "dgamma, dbeta and the coefficients of dx, a channel a thread"),
            stored("channel", "channel_sums", 32, "partial sums of x for each channel"),
            stored("channel", "channel_sums4", 32, "partial sums of x for each channel, four channels a thread"),
            one("channel", "channel_sums_finish", 32, "sums of channels from partial sums"),
            stored("channel", "channel_epilogue", 24, "leaky(y + bias + residual) in place"),
            stored("channel", "channel_epilogue4", 32, "leaky(y + bias + residual) in place, four channels a thread"),
            one("channel", "matrix_transpose", 24, "transposes a matrix"),
            one("winograd", "winograd2_input", 64, "tiles of an image for F(2 x 2, 3 x 3)"),
            one("winograd", "winograd2_gradient", 64, "tiles of the gradient of an output for F(2 x 2, 3 x 3)"),
            one("winograd", "winograd2_filter", 64, "filters for the forward products of F(2 x 2, 3 x 3)"),
            one("winograd", "winograd_filter_in_blocks", 48, "filters in blocks of 64 for products"),
            one("winograd", "winograd2_block", 64, "a block of filters for the forward products of F(2 x 2, 3 x 3)"),
            one("winograd", "winograd2_filter_turned", 64, "filters for the backward products of F(2 x 2, 3 x 3)"),
            one("winograd", "winograd2_filter_gradient", 64, "the gradient of the filter from the products of F(2 x 2, 3 x 3)"),
            one("winograd", "winograd2_output", 64, "the image from the products of F(2 x 2, 3 x 3)"),
            one("winograd", "winograd2_output_fused", 64, "leaky(image + bias + residual) from the products of F(2 x 2, 3 x 3)"),
            one("winograd", "winograd4_input", 64, "tiles of an image for F(4 x 4, 3 x 3)"),
            one("winograd", "winograd4_gradient", 64, "tiles of the gradient of an output for F(4 x 4, 3 x 3)"),
            one("winograd", "winograd4_filter", 64, "filters for the forward products of F(4 x 4, 3 x 3)"),
            one("winograd", "winograd4_block", 64, "a block of filters for the forward products of F(4 x 4, 3 x 3)"),
            one("winograd", "winograd4_filter_turned", 64, "filters for the backward products of F(4 x 4, 3 x 3)"),
            one("winograd", "winograd4_filter_gradient", 64, "the gradient of the filter from the products of F(4 x 4, 3 x 3)"),
            one("winograd", "winograd4_output", 64, "the image from the products of F(4 x 4, 3 x 3)"),
            one("winograd", "winograd4_output_fused", 64, "leaky(image + bias + residual) from the products of F(4 x 4, 3 x 3)"),
            stored("pool", "max_pool_forward", 32, "the maximum of each window and its index"),
            stored("pool", "max_pool_forward4", 40, "the maximum of each window and its index, four channels a thread"),
            stored("pool", "max_pool_forward_wide", 32, "the same for windows of 256 pixels and more"),
            stored("pool", "max_pool_backward", 32, "gradient of each input from the windows that selected it"),
            stored("pool", "max_pool_backward4", 40, "gradient of each input from the windows that selected it, four channels a thread"),
            stored("pool", "max_pool_backward_wide", 32, "the same for windows of 256 pixels and more"),
            stored("pool", "global_average_forward", 24, "mean over the pixels of an image"),
            stored("pool", "global_average_backward", 24, "spreads a gradient over the pixels of an image"),
            one("elementwise", "elementwise_fill", 24, "y = value"),
            stored("elementwise", "elementwise_add", 24, "y = a + b"),
            one("elementwise", "elementwise_scale", 24, "y = factor x"),
            one("elementwise", "elementwise_scale_by", 24, "y = factor[0] x, the factor read from memory"),
            stored("elementwise", "leaky_relu_forward", 24, "y = x where positive, slope x elsewhere"),
            stored("elementwise", "leaky_relu_backward", 24, "dx = dy where y is positive, slope dy elsewhere"),
            one("elementwise", "scalar_weighted_sum", 24, "weighted sum of up to four scalars"),
            stored("upsample", "upsample_nearest_forward", 32, "repeats each pixel factor x factor times"),
            stored("upsample", "upsample_nearest_add_forward", 32, "a finer image plus the repeated one"),
            stored("upsample", "upsample_nearest_backward", 32, "sums of factor x factor gradients"),
            one("upsample", "upsample_bilinear_forward", 40, "bilinear with half-pixel centers"),
            one("upsample", "upsample_bilinear_backward", 40, "gathers the gradients of the samples that read a pixel"),
            stored("merge", "merge_enhance_forward", 40, "leaky(sum of up-sampled maps + global vector)"),
            stored("merge", "axis_sum", 24, "sum over the middle axis of (outer, count, C)"),
            stored("rows", "rows_scatter", 24, "copies (N, rows, C) into a longer tensor"),
            stored("rows", "rows_gather", 24, "copies (N, rows, C) from a longer tensor"),
            stored("upsample", "upsample_nearest_forward4", 32, "repeats each pixel factor x factor times, four channels a thread"),
            stored("upsample", "upsample_nearest_add_forward4", 32, "a finer image plus the repeated one, four channels a thread"),
            stored("upsample", "upsample_nearest_backward4", 32, "sums of factor x factor gradients, four channels a thread"),
            one("upsample", "upsample_bilinear_forward4", 40, "bilinear with half-pixel centers, four channels a thread"),
            one("upsample", "upsample_bilinear_backward4", 40, "gathers the gradients of the samples that read a pixel, four channels a thread"),
            stored("merge", "merge_enhance_forward4", 40, "leaky(sum of up-sampled maps + global vector), four channels a thread"),
            stored("merge", "axis_sum4", 24, "sum over the middle axis of (outer, count, C), four channels a thread"),
            stored("rows", "rows_scatter4", 24, "copies (N, rows, C) into a longer tensor, four channels a thread"),
            stored("rows", "rows_gather4", 24, "copies (N, rows, C) from a longer tensor, four channels a thread"),
            one("optimizer", "gradient_accumulate", 24, "sum = beta sum + scale gradient"),
            one("optimizer", "gradient_norm_partials", 32, "sums of squares of 16384 elements each"),
            one("optimizer", "gradient_norm_finish", 32, "norm, clipping factor and whether the norm is finite"),
            one("gradient_pair", "gradient_pair_partials", 40, "dot product and squares of two gradients, 16384 elements each"),
            one("gradient_pair", "gradient_pair_finish", 32, "dot product and norms of two gradients from partial sums"),
            one("gradient_pair", "gradient_pair_sum", 32, "the sum of two gradients, each without its component against the other"),
            one("optimizer", "sgd_step", 40, "stochastic gradient descent with momentum"),
            one("optimizer", "adamw_step", 48, "Adam with decoupled weight decay"),
            one("optimizer", "average_update", 24, "exponential moving average of weights"),
            one("segmentation", "segmentation_loss_forward", 40, "cross-entropy of pixels, partial sums"),
            one("segmentation", "segmentation_loss_finish", 32, "cross-entropy from partial sums"),
            one("segmentation", "segmentation_loss_backward", 40, "gradient of the cross-entropy by the logits"),
            one("upsampled_loss", "upsampled_loss_forward", 48, "cross-entropy of pixels from coarse logits, partial sums"),
            one("upsampled_loss", "upsampled_loss_cells", 64, "its gradient by the four coarse logits around each cell"),
            one("upsampled_loss", "upsampled_loss_gather", 40, "its gradient by each coarse logit, from the cells around it"),
            one("dice", "dice_sums", 48, "sums of the probabilities and labels of a class over a row of pixels"),
            one("dice", "dice_finish", 40, "dice loss and its slopes by the probabilities of each class"),
            one("dice", "dice_pixels", 48, "mean slope of each pixel"),
            one("dice", "dice_cells", 64, "gradient of both losses of masks by the four coarse logits around each cell"),
            one("segmentation", "mask_decode", 56, "class of each pixel from bilinearly up-sampled logits"),
            one("segmentation", "mask_decode_confidence", 40, "class of each pixel and its probability"),
            one("detection_matching", "box_match_forced", 32, "the best anchor of each ground-truth box"),
            one("detection_matching", "box_match_targets", 48, "targets of every anchor, matched by overlap"),
            one("detection_matching", "mutual_guide_overlaps", 48, "overlaps of predictions and of guided anchors with boxes"),
            one("detection_matching", "mutual_guide_select", 32, "the best anchors of each ground-truth box, their number from the sum of its best overlaps"),
            one("detection_matching", "mutual_guide_targets", 32, "targets of every anchor, matched by Mutual Guide"),
            one("detection_class_loss", "detection_loss_finish", 64, "loss and factor from the partial sums of blocks"),
            one("detection_class_loss", "focal_loss_forward", 48, "partial sums of the focal loss"),
            one("detection_class_loss", "focal_loss_backward", 48, "gradient of the focal loss by the logits"),
            one("detection_class_loss", "quality_focal_loss_forward", 48, "partial sums of the quality focal loss"),
            one("detection_class_loss", "quality_focal_loss_backward", 48, "gradient of the quality focal loss by the logits"),
            one("detection_box_loss", "balanced_l1_forward", 32, "partial sums of the balanced L1 loss"),
            one("detection_box_loss", "balanced_l1_backward", 32, "gradient of the balanced L1 loss by the offsets"),
            one("detection_box_loss", "generalized_iou_forward", 32, "partial sums of the GIoU loss"),
            one("detection_box_loss", "generalized_iou_backward", 40, "gradient of the GIoU loss by the offsets"),
            one("detection_suppression", "box_decode", 24, "boxes from encoded offsets and anchors"),
            one("detection_suppression", "detection_select", 48, "the best candidates of each image, unordered"),
            one("detection_suppression", "detection_sort", 48, "candidates sorted by descending score and decoded"),
            one("detection_suppression", "detection_suppress", 32, "non-maximum suppression of sorted candidates"),
            one("imitation", "imitation_images", 32, "the share of each image in the losses of imitation"),
            one("imitation_cells", "imitation_cells_uniform", 24, "the same weight for all cells of an image"),
            one("imitation_cells", "imitation_cells_disagreement", 40, "disagreement of student and teacher on the class scores of each cell"),
            one("imitation_cells", "imitation_cells_disagreement_pixels", 48, "disagreement of student and teacher on the pixels of each cell"),
            one("imitation_cells", "imitation_cells_normalise", 32, "weights of cells divided by their sum"),
            one("imitation_cells", "imitation_cells_foreground", 40, "cells whose center lies in a box, or where the teacher predicts one"),
            one("imitation_cells", "imitation_cells_foreground_pixels", 32, "cells whose center is an object, or where the teacher predicts one"),
            one("imitation_cells", "imitation_cells_gate", 24, "cells of excluded levels"),
            one("imitation_cells", "imitation_cells_decouple", 32, "half of the weight for foreground cells, half for the others"),
            one("imitation", "imitation_location", 40, "balanced L1 to the teacher's offsets and its gradient"),
            one("imitation", "imitation_absolute", 32, "distance to the teacher's offsets and its gradient"),
            one("imitation", "imitation_confident", 32, "divisor of an image's loss: its scores with a confident teacher"),
            one("imitation", "imitation_guided", 40, "cross-entropy to the teacher's scores where both differ, and its gradient"),
            one("imitation", "imitation_confidence", 40, "focal cross-entropy to the teacher's scores and its gradient"),
            one("imitation", "imitation_segmentation", 48, "divergence from the teacher's pixels and its gradient"),
            one("imitation", "imitation_finish", 32, "a loss of imitation from partial sums"),
            one("imitation_cache", "imitation_keep", 24, "teacher outputs stored by the image's number"),
            one("imitation_cache", "imitation_keep4", 32, "teacher outputs stored, four numbers a thread"),
            one("imitation_cache", "imitation_recall", 24, "stored teacher outputs read by the image's number"),
            one("imitation_cache", "imitation_recall4", 32, "stored teacher outputs fetched, four numbers a thread"),
            one("imitation_features", "imitation_features", 40, "weighted square between maps and its gradient"),
            one("imitation_features", "imitation_features4", 48, "weighted square between maps and its gradient, four channels a thread")
    ).flatMap(List::stream).toList();
    // spotless:on

    private static final Map<String, KernelEntry> BY_NAME = new LinkedHashMap<>();

    static {
        for (KernelEntry entry : ENTRIES) {
            if (BY_NAME.put(entry.entry(), entry) != null) {
                throw new IllegalStateException("two catalogue entries are called " + entry.entry());
            }
        }
    }

    private Catalogue() {}

    private static List<KernelEntry> one(String module, String entry, int registers, String summary) {
        return List.of(new KernelEntry(module, entry, registers, summary));
    }

    /**
     * A kernel that comes for float, bfloat16 and float16 storage: {@code entry}, {@code entry_bf16} and
     * {@code entry_f16}.
     */
    private static List<KernelEntry> stored(String module, String entry, int registers, String summary) {
        return List.of(
                new KernelEntry(module, entry, registers, summary),
                new KernelEntry(module, entry + "_bf16", registers, summary + ", in bfloat16"),
                new KernelEntry(module, entry + "_f16", registers, summary + ", in float16"));
    }

    /** All kernels, in the order they are listed. */
    public static List<KernelEntry> entries() {
        return ENTRIES;
    }

    /**
     * The kernel of that name.
     *
     * @throws IllegalArgumentException when there is none; the message lists those there are
     */
    public static KernelEntry find(String entry) {
        KernelEntry found = BY_NAME.get(entry);
        if (found == null) {
            throw new IllegalArgumentException(
                    "no kernel is called '" + entry + "'; the catalogue has " + BY_NAME.keySet());
        }
        return found;
    }
}
