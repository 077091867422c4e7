/**
 * {@code tandem audit}: the inventory of a data set on the screen, as JSON and as a page. Start at
 * {@link tandem.tools.audit.AuditCommand}.
 */
package tandem.tools.audit;
