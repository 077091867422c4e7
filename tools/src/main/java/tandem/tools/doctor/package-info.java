/**
 * {@code tandem doctor}: reports the Java runtime, the processor, memory, and every native library that a device needs,
 * and how to install what is missing. Start at {@link tandem.tools.doctor.DoctorCommand}. Not an API.
 */
package tandem.tools.doctor;
