/** Placeholder. */
package tandem.tools;
