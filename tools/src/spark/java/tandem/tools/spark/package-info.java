/**
 * Apache Spark as a {@link tandem.tools.study.StageCluster}: it hands out the stages of a study, and nothing else.
 * Compiled only with the Maven profile {@code spark}.
 */
package tandem.tools.spark;
