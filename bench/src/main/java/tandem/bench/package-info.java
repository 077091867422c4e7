/** Placeholder. */
package tandem.bench;
