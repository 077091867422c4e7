package tandem.tools.doctor;

import java.util.Map;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.global.dnnl;

/**
 * The oneDNN library of this build.
 *
 * @param version such as {@code 3.11.0}
 * @param threading what runs its threads
 * @param instructions the widest instruction set it uses here
 */
record OneDnnInfo(String version, String threading, String instructions) {

    private static final Map<Integer, String> THREADING = Map.of(
            dnnl.DNNL_RUNTIME_NONE, "none",
            dnnl.DNNL_RUNTIME_SEQ, "one thread",
            dnnl.DNNL_RUNTIME_OMP, "OpenMP",
            dnnl.DNNL_RUNTIME_TBB, "TBB",
            dnnl.DNNL_RUNTIME_THREADPOOL, "caller's thread pool");

    private static final Map<Integer, String> INSTRUCTIONS = Map.ofEntries(
            Map.entry(dnnl.dnnl_cpu_isa_default, "the architecture's default"),
            Map.entry(dnnl.dnnl_cpu_isa_sse41, "SSE4.1"),
            Map.entry(dnnl.dnnl_cpu_isa_avx, "AVX"),
            Map.entry(dnnl.dnnl_cpu_isa_avx2, "AVX2"),
            Map.entry(dnnl.dnnl_cpu_isa_avx2_vnni, "AVX2 with VNNI"),
            Map.entry(dnnl.dnnl_cpu_isa_avx2_vnni_2, "AVX2 with VNNI, bfloat16 and float16"),
            Map.entry(dnnl.dnnl_cpu_isa_avx512_core, "AVX-512"),
            Map.entry(dnnl.dnnl_cpu_isa_avx512_core_vnni, "AVX-512 with VNNI"),
            Map.entry(dnnl.dnnl_cpu_isa_avx512_core_bf16, "AVX-512 with bfloat16"),
            Map.entry(dnnl.dnnl_cpu_isa_avx512_core_fp16, "AVX-512 with float16"),
            Map.entry(dnnl.dnnl_cpu_isa_avx512_core_amx, "AVX-512 with AMX"),
            Map.entry(dnnl.dnnl_cpu_isa_avx512_core_amx_fp16, "AVX-512 with AMX and float16"));

    /** Loads the library and reads its properties. */
    static OneDnnInfo load() {
        dnnl_version_t version = dnnl.dnnl_version();
        int isa = dnnl.dnnl_get_effective_cpu_isa();
        return new OneDnnInfo(
                version.major() + "." + version.minor() + "." + version.patch(),
                THREADING.getOrDefault(version.cpu_runtime(), "runtime " + version.cpu_runtime()),
                INSTRUCTIONS.getOrDefault(isa, String.format("instruction set 0x%x", isa)));
    }
}
