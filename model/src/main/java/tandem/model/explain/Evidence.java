package tandem.model.explain;

import java.util.Map;

/**
 * Why a network says a class.
 *
 * @param className its name
 * @param share how much of it there is: for boxes the best score, from 0 to 1; for masks the share of the pixels
 * @param heat for each map that was asked for where it speaks for the class
 */
public record Evidence(String className, double share, Map<MapName, HeatValues> heat) {}
