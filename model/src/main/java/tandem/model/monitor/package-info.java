/**
 * Counters and times of an inspector for JMX and Prometheus. Start at {@link tandem.model.monitor.InspectorMetrics}.
 * This package is an API.
 */
package tandem.model.monitor;
