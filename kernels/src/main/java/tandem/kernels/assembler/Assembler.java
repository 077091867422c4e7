package tandem.kernels.assembler;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jcuda.LogLevel;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompileResult;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;
import tandem.kernels.natives.JCudaNatives;

/**
 * Assembles PTX with the compiler inside JCuda's natives, which is that of CUDA 12.0: PTX up to version 8.0, sm_50 to
 * sm_90. Thread-safe. Some malformed texts can end the process, so this is for shipped kernels; texts of users go
 * through {@link IsolatedAssembler}.
 */
public final class Assembler {

    /** The architectures that every kernel must assemble for: Turing, Ampere (two), Ada, Hopper. */
    public static final List<String> ARCHITECTURES = List.of("sm_75", "sm_80", "sm_86", "sm_89", "sm_90");

    /** The newest version of PTX that it takes. */
    public static final double NEWEST_VERSION = 8.0;

    private static final Pattern ARCHITECTURE = Pattern.compile("sm_[0-9]{2,3}a?");
    /** The three directives that must open a module, in order (PTX ISA, section 11.1, "PTX Module Directives"). */
    private static final Pattern PRELUDE = Pattern.compile(
            "\\s*\\.version\\s+(\\d+)\\.(\\d+)\\s+\\.target\\s+sm_\\d+a?\\b[^.]*\\.address_size\\s+64\\b.*",
            Pattern.DOTALL);

    private static final Pattern COMMENT = Pattern.compile("//[^\n]*|/\\*.*?\\*/", Pattern.DOTALL);

    private static final Pattern COMPLAINT =
            Pattern.compile("ptxas application ptx input, line (\\d+); (\\w+)\\s*: (.*)");
    private static final Pattern GENERAL = Pattern.compile("ptxas (\\w+)\\s*: (.*)");
    private static final Pattern ENTRY = Pattern.compile(".*Compiling entry function '([^']+)'.*");
    private static final Pattern STACK =
            Pattern.compile(".* (\\d+) bytes stack frame, (\\d+) bytes spill stores, (\\d+) bytes spill loads");
    private static final Pattern REGISTERS = Pattern.compile(".*Used (\\d+) registers.*");
    private static final Pattern SHARED = Pattern.compile(".* (\\d+) bytes smem.*");

    private Assembler() {}

    /**
     * Assembles one file.
     *
     * @param fileName its name in complaints
     * @param ptx its text
     * @param architecture such as {@code sm_86}
     * @throws AssemblyException when the assembler refuses it
     */
    public static Assembly assemble(String fileName, String ptx, String architecture) {
        if (!ARCHITECTURE.matcher(architecture).matches()) {
            throw new IllegalArgumentException("architecture '" + architecture + "' is not of the form sm_75");
        }
        requirePrelude(fileName, ptx);
        Loaded.ensure();
        byte[] text = (ptx + "\0").getBytes(StandardCharsets.UTF_8);
        nvPTXCompilerHandle handle = new nvPTXCompilerHandle();
        int created = JNvPTXCompiler.nvPTXCompilerCreate(handle, text.length, text);
        if (created != nvPTXCompileResult.NVPTXCOMPILE_SUCCESS) {
            throw new AssemblyException(
                    fileName + ": the assembler cannot start: " + nvPTXCompileResult.stringFor(created));
        }
        try {
            int result = JNvPTXCompiler.nvPTXCompilerCompile(
                    handle, 2, new String[] {"--gpu-name=" + architecture, "--verbose"});
            if (result != nvPTXCompileResult.NVPTXCOMPILE_SUCCESS) {
                throw new AssemblyException(complaints(fileName, errorLog(handle), result, architecture));
            }
            return assembly(fileName, architecture, handle);
        } finally {
            JNvPTXCompiler.nvPTXCompilerDestroy(handle);
        }
    }

    /** Only a text that starts like a module reaches the compiler. */
    private static void requirePrelude(String fileName, String ptx) {
        if (ptx.indexOf('\0') >= 0) {
            throw new AssemblyException(fileName + ": error: the text has a zero byte, so it is not PTX");
        }
        if (!PRELUDE.matcher(COMMENT.matcher(ptx).replaceAll(" ")).matches()) {
            throw new AssemblyException(
                    fileName + ": error: expected .version, .target sm_NN and .address_size 64 before anything else");
        }
    }

    private static Assembly assembly(String fileName, String architecture, nvPTXCompilerHandle handle) {
        List<Usage> entries = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        String entry = null;
        int[] stack = new int[3];
        for (String line : infoLog(handle).split("\n")) {
            Matcher match;
            if ((match = COMPLAINT.matcher(line)).matches()) {
                warnings.add(fileName + ":" + match.group(1) + ": " + match.group(2) + ": " + match.group(3));
            } else if ((match = ENTRY.matcher(line)).matches()) {
                entry = match.group(1);
            } else if ((match = STACK.matcher(line)).matches()) {
                stack = new int[] {number(match, 1), number(match, 2), number(match, 3)};
            } else if (entry != null && (match = REGISTERS.matcher(line)).matches()) {
                entries.add(0, new Usage(entry, number(match, 1), stack[0], stack[1], stack[2], find(SHARED, line)));
                entry = null;
            }
        }
        long[] size = new long[1];
        JNvPTXCompiler.nvPTXCompilerGetCompiledProgramSize(handle, size);
        byte[] cubin = new byte[Math.toIntExact(size[0])];
        JNvPTXCompiler.nvPTXCompilerGetCompiledProgram(handle, cubin);
        return new Assembly(architecture, List.copyOf(entries), List.copyOf(warnings), cubin);
    }

    private static String complaints(String fileName, String log, int result, String architecture) {
        List<String> lines = new ArrayList<>();
        for (String line : log.split("\n")) {
            Matcher match;
            if ((match = COMPLAINT.matcher(line)).matches()) {
                lines.add(fileName + ":" + match.group(1) + ": " + match.group(2) + ": "
                        + match.group(3).trim());
            } else if ((match = GENERAL.matcher(line)).matches()
                    && !match.group(2).startsWith("Ptx assembly aborted")) {
                lines.add(
                        fileName + ": " + match.group(1) + ": " + match.group(2).trim() + " [" + architecture + "]");
            }
        }
        if (lines.isEmpty()) {
            lines.add(fileName + ": error: " + nvPTXCompileResult.stringFor(result) + " for " + architecture);
        }
        return String.join("\n", lines);
    }

    private static String errorLog(nvPTXCompilerHandle handle) {
        return log(
                size -> JNvPTXCompiler.nvPTXCompilerGetErrorLogSize(handle, size),
                log -> JNvPTXCompiler.nvPTXCompilerGetErrorLog(handle, log));
    }

    private static String infoLog(nvPTXCompilerHandle handle) {
        return log(
                size -> JNvPTXCompiler.nvPTXCompilerGetInfoLogSize(handle, size),
                log -> JNvPTXCompiler.nvPTXCompilerGetInfoLog(handle, log));
    }

    private static String log(Consumer<long[]> readSize, Consumer<byte[]> readLog) {
        long[] size = new long[1];
        readSize.accept(size);
        byte[] log = new byte[Math.toIntExact(size[0]) + 1];
        if (size[0] > 0) {
            readLog.accept(log);
        }
        return text(log);
    }

    private static String text(byte[] log) {
        int length = 0;
        while (length < log.length && log[length] != 0) {
            length++;
        }
        return new String(log, 0, length, StandardCharsets.UTF_8);
    }

    private static int find(Pattern pattern, String line) {
        Matcher match = pattern.matcher(line);
        return match.matches() ? number(match, 1) : 0;
    }

    private static int number(Matcher match, int group) {
        return Integer.parseInt(match.group(group));
    }

    /** Loads the native library once, on first use. */
    private static final class Loaded {
        static {
            JCudaNatives.load("JNvPTXCompiler", () -> {
                JNvPTXCompiler.setLogLevel(LogLevel.LOG_QUIET);
                JNvPTXCompiler.setExceptionsEnabled(false);
            });
        }

        static void ensure() {}
    }
}
