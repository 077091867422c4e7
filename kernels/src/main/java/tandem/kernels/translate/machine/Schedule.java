package tandem.kernels.translate.machine;

import java.util.List;
import java.util.Objects;

/**
 * What the scheduler needs of a kernel.
 *
 * @param file name of the PTX file
 * @param entry name of the kernel
 * @param code the generated class
 * @param suspensions for each resume point what threads wait for there, or null when they do not wait; a kernel that
 *     never suspends has one point
 * @param recordBytes bytes of a thread's record
 */
public record Schedule(String file, String entry, KernelCode code, List<Suspension> suspensions, int recordBytes) {

    /** Whether some threads wait for others of their warp only. */
    boolean hasWarpOperations() {
        return suspensions.stream()
                .filter(Objects::nonNull)
                .anyMatch(suspension -> suspension.operation().ofWarp());
    }
}
