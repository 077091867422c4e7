/**
 * Text of messages. Internal to the project: public for the other packages and modules. Start at
 * {@link tandem.kernels.text.Excerpt}.
 */
package tandem.kernels.text;
