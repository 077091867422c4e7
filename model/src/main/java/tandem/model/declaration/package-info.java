/**
 * Settings that are declared once. {@link tandem.model.declaration.Setting} at a component of a record gives its
 * default, its option on the command line and its place in files of other versions;
 * {@link tandem.model.declaration.SettingsRecord} makes and lists such records,
 * {@link tandem.model.declaration.SettingsJson} writes and reads them.
 */
package tandem.model.declaration;
