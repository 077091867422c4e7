/**
 * {@code tandem convert}, and the options that name lists of images. Start at {@link tandem.tools.data.ConvertCommand}.
 * Not an API.
 */
package tandem.tools.data;
