/**
 * The audit of a data set before training: distribution of the annotations, differences between groups of images,
 * broken, duplicate or contradictory files, and a recommended strategy. API. Start at {@link tandem.model.audit.Audit},
 * which returns an {@link tandem.model.audit.AuditResult}.
 */
package tandem.model.audit;
