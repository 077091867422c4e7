/**
 * {@code tandem audit}: prints the results of a data audit and writes them as JSON and HTML; the audit itself is
 * {@code tandem.model.audit}. Start at {@link tandem.tools.audit.AuditCommand}. Not an API.
 */
package tandem.tools.audit;
