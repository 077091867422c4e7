package tandem.tools.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Main memory, in bytes.
 *
 * @param total memory of the machine, or the limit of the container if that is smaller
 * @param available memory usable without swapping, at most {@code total}
 */
record MainMemory(long total, long available) {

    /** Memory of this machine; 0 where the system does not report it. */
    static MainMemory here() {
        return of(read("/proc/meminfo"), read("/sys/fs/cgroup/memory.max"));
    }

    /** From the texts of {@code /proc/meminfo} and cgroup v2's {@code memory.max}. */
    static MainMemory of(String meminfo, String limit) {
        long total = kibibytes(meminfo, "MemTotal").orElse(0) * 1024;
        long available = kibibytes(meminfo, "MemAvailable").orElse(0) * 1024;
        if (limit.strip().matches("\\d{1,18}")) {
            total = Math.min(total, Long.parseLong(limit.strip()));
        }
        return new MainMemory(total, Math.min(total, available));
    }

    private static OptionalLong kibibytes(String meminfo, String key) {
        Matcher matcher = Pattern.compile("(?m)^" + key + ":\\s+(\\d+) kB").matcher(meminfo);
        return matcher.find() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException e) {
            return "";
        }
    }
}
