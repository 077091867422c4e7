/**
 * The inventory of a data set that comes before any training: what is annotated and how it is spread, whether the
 * groups of images differ, what is broken, doubled or contradictory, and which strategy that speaks for. Start at
 * {@link tandem.model.audit.Audit}, which gives an {@link tandem.model.audit.AuditResult}.
 */
package tandem.model.audit;
