#!/usr/bin/env bash
# oneDNN's batched matrix product (dnnl_matmul, float) returns wrong numbers, with status success, where K = 1 and the right
# matrices (1 x N) lie apart, which means a batch stride above N: it seems to take them for adjacent. Without gaps in the right
# matrices, or with K = 2, all numbers are right; gaps in the left matrices do no harm.
# Seen with oneDNN 3.11.0 of org.bytedeco:dnnl 3.11-1.5.13 on Linux x86-64, AVX-512 and AVX2 (brg_matmul). Needs Maven, a JDK (17 or
# newer) and a network connection for the download. What Tandem does about it: tandem.engine.cpu.OneDnnProducts refuses K = 1, so
# Winograd's convolutions that sum over one channel or one tile are not offered; ConvolutionAlgorithmTest has rows for them.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
for artifact in javacpp:1.5.13 javacpp:1.5.13:jar:linux-x86_64 dnnl:3.11-1.5.13 dnnl:3.11-1.5.13:jar:linux-x86_64 \
  opencl:3.0-1.5.13 opencl:3.0-1.5.13:jar:linux-x86_64; do
  mvn -q -B -ntp org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
    -Dartifact="org.bytedeco:$artifact" -DoutputDirectory="$work/jars"
done
cat >"$work/Products.java" <<'JAVA'
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.FloatPointer;

public class Products {
    static final int COUNT = 16;
    static final int M = 32;
    static final int N = 24;

    static void check(int status) {
        if (status != 0) {
            throw new IllegalStateException("oneDNN's status " + status);
        }
    }

    static dnnl_memory memory(dnnl_engine engine, dnnl_memory_desc layout, FloatPointer values) {
        dnnl_memory memory = new dnnl_memory();
        check(dnnl.dnnl_memory_create(memory, layout, engine, values));
        return memory;
    }

    static dnnl_memory_desc layout(long rows, long columns, long... strides) {
        dnnl_memory_desc layout = new dnnl_memory_desc();
        check(dnnl.dnnl_memory_desc_create_with_strides(
                layout, 3, new long[] {COUNT, rows, columns}, dnnl.dnnl_f32, strides));
        return layout;
    }

    /** Multiplies COUNT matrices (M x k), step floats apart, and (k x N), rightStep floats apart. */
    static void run(String what, int k, int step, int columnStride, int rightStep) {
        dnnl_engine engine = new dnnl_engine();
        check(dnnl.dnnl_engine_create(engine, dnnl.dnnl_cpu, 0));
        dnnl_stream stream = new dnnl_stream();
        check(dnnl.dnnl_stream_create(stream, engine, dnnl.dnnl_stream_default_flags));
        FloatPointer a = new FloatPointer((long) COUNT * step);
        FloatPointer b = new FloatPointer((long) COUNT * rightStep);
        FloatPointer c = new FloatPointer((long) COUNT * M * N);
        for (long i = 0; i < (long) COUNT * step; i++) {
            a.put(i, 1 + i % 7);
        }
        for (long i = 0; i < (long) COUNT * rightStep; i++) {
            b.put(i, 1 + i % 5);
        }
        dnnl_memory_desc left = layout(M, k, step, 1, columnStride);
        dnnl_memory_desc right = layout(k, N, rightStep, N, 1);
        dnnl_memory_desc result = layout(M, N, (long) M * N, N, 1);
        dnnl_primitive_attr attributes = new dnnl_primitive_attr();
        check(dnnl.dnnl_primitive_attr_create(attributes));
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        check(dnnl.dnnl_matmul_primitive_desc_create(description, engine, left, right, null, result, attributes));
        dnnl_primitive product = new dnnl_primitive();
        check(dnnl.dnnl_primitive_create(product, description));
        dnnl_exec_arg_t arguments = new dnnl_exec_arg_t(3);
        arguments.getPointer(0).arg(dnnl.DNNL_ARG_SRC).memory(memory(engine, left, a));
        arguments.getPointer(1).arg(dnnl.DNNL_ARG_WEIGHTS).memory(memory(engine, right, b));
        arguments.getPointer(2).arg(dnnl.DNNL_ARG_DST).memory(memory(engine, result, c));
        check(dnnl.dnnl_primitive_execute(product, stream, 3, arguments));
        check(dnnl.dnnl_stream_wait(stream));
        int wrong = 0;
        for (int q = 0; q < COUNT; q++) {
            for (int i = 0; i < M; i++) {
                for (int j = 0; j < N; j++) {
                    float sum = 0;
                    for (int l = 0; l < k; l++) {
                        sum += a.get((long) q * step + (long) l * M + i) * b.get((long) q * rightStep + (long) l * N + j);
                    }
                    wrong += sum == c.get(((long) q * M + i) * N + j) ? 0 : 1;
                }
            }
        }
        System.out.println(what + ": " + (wrong == 0 ? "right" : "wrong"));
        System.err.println(what + ": " + wrong + " of " + COUNT * M * N + " elements are wrong");
    }

    public static void main(String[] nothing) {
        dnnl_version_t version = dnnl.dnnl_version();
        System.err.println("oneDNN " + version.major() + "." + version.minor() + "." + version.patch());
        run("K = 1, no gaps", 1, M, M, N);
        run("K = 1, gaps in the left matrices", 1, 5 * M, M, N);
        run("K = 1, gaps in the right matrices", 1, M, M, 5 * N);
        run("K = 1, the same, left matrices not transposed", 1, M, 1, 5 * N);
        run("K = 2, gaps in both", 2, 5 * M, M, 5 * N);
    }
}
JAVA
cat >"$work/expected" <<'TEXT'
K = 1, no gaps: right
K = 1, gaps in the left matrices: right
K = 1, gaps in the right matrices: wrong
K = 1, the same, left matrices not transposed: wrong
K = 2, gaps in both: right
TEXT
javac -cp "$work/jars/*" -d "$work" "$work/Products.java" 2>/dev/null
java -Xss8m -cp "$work:$work/jars/*" Products >"$work/seen"
cat "$work/seen"
diff "$work/expected" "$work/seen" && echo "as described"
