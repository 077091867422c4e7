/**
 * Apache Spark as a {@link tandem.tools.study.StageCluster}: it distributes the stages of a study. Compiled only with
 * the Maven profile {@code spark}. Not an API.
 */
package tandem.tools.spark;
