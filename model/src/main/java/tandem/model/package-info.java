/** Placeholder. */
package tandem.model;
