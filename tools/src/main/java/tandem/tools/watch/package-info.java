/**
 * {@code tandem watch}: inspects the images that arrive in a folder. Start at {@link tandem.tools.watch.WatchCommand};
 * {@link tandem.tools.watch.FolderLoop} is the loop over the folder. Not an API.
 */
package tandem.tools.watch;
