/**
 * Counters and times of an inspector for JMX and Prometheus, and its frames compared with those of the evaluation.
 * Start at {@link tandem.model.monitor.InspectorMetrics} and {@link tandem.model.monitor.DriftMonitor}. This package is
 * an API.
 */
package tandem.model.monitor;
