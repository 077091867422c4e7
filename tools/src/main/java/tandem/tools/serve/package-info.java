/**
 * {@code tandem serve}: a web page that shows what a network finds in the images of a folder and in uploads. Start at
 * {@link tandem.tools.serve.ServeCommand}; {@link tandem.tools.serve.Routes} lists what the server responds to. Not an
 * API.
 */
package tandem.tools.serve;
