/**
 * What {@code tandem doctor} looks at: the Java runtime, the processor, memory, and every native library that a device
 * needs, each with what would make a missing one available. Start at {@link tandem.tools.doctor.DoctorCommand}.
 */
package tandem.tools.doctor;
