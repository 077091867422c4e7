package tandem.model.explain;

import java.util.Map;

/**
 * The evidence for a class: Grad-CAM heat maps.
 *
 * @param className its name
 * @param share amount of the class: for boxes the best score, from 0 to 1; for masks the share of the pixels
 * @param heat the heat map of each selected feature map
 */
public record Evidence(String className, double share, Map<MapName, HeatValues> heat) {}
