package tandem.kernels.translate;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.objectweb.asm.Label;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import sun.misc.Unsafe;
import tandem.kernels.ptx.PtxParameter;
import tandem.kernels.ptx.PtxRegister;
import tandem.kernels.ptx.PtxVariable;
import tandem.kernels.translate.forms.Emitter;
import tandem.kernels.translate.forms.Kind;
import tandem.kernels.translate.graph.BasicBlock;
import tandem.kernels.translate.graph.KernelGraph;
import tandem.kernels.translate.machine.BlockContext;
import tandem.kernels.translate.machine.CheckedMemory;
import tandem.kernels.translate.machine.Raw;

/**
 * The local variables of a segment's method: context, range of threads, Unsafe, then the windows and special registers
 * that the segment uses, then the PTX registers.
 */
final class SegmentFrame implements Emitter.Frame, Opcodes {

    static final int CONTEXT = 0;
    static final int FROM = 1;
    static final int TO = 2;
    private static final int UNSAFE = 3;
    private static final String CONTEXT_NAME = Type.getInternalName(BlockContext.class);
    private static final Map<String, String> FIELDS = fields();

    private final KernelGraph graph;
    private final ModuleMemory memory;
    private final Mode mode;
    private final Set<String> wanted;
    private final Map<String, Integer> locals = new HashMap<>();
    private final Map<String, PtxVariable> variables = new HashMap<>();
    private final Map<String, Long> windowOffsets = new HashMap<>();
    private final Map<Kind, List<Integer>> temporaries = new EnumMap<>(Kind.class);
    private final Map<Kind, Integer> temporariesUsed = new EnumMap<>(Kind.class);
    private Emitter emitter;
    private final Map<String, Label> byName = new HashMap<>();
    private Map<PtxRegister, Integer> slots;
    private Label exit;
    private boolean invariant;
    private int next = UNSAFE + 1;

    private static Map<String, String> fields() {
        Map<String, String> fields = new HashMap<>(Map.of("%envreg1", "envreg1", "%envreg2", "envreg2"));
        for (String name : List.of("ctaid", "nctaid", "ntid")) {
            for (String axis : List.of("x", "y", "z")) {
                fields.put("%" + name + "." + axis, name + axis.toUpperCase(Locale.ROOT));
            }
        }
        return Map.copyOf(fields);
    }

    /** @param wanted what {@link #wanted} collected in an earlier run over the same segment */
    SegmentFrame(KernelGraph graph, ModuleMemory memory, Mode mode, Set<String> wanted) {
        this.graph = graph;
        this.memory = memory;
        this.mode = mode;
        this.wanted = wanted;
        graph.entry().variables().forEach(variable -> variables.put(variable.name(), variable));
        for (String space : List.of("shared", "local")) {
            windowOffsets.putAll(MemoryLayout.of(graph.entry(), space, mode).offsets());
        }
    }

    /** Names of the windows, parameters and special registers that the segment uses. */
    Set<String> wanted() {
        return wanted;
    }

    /** Writes the start of the method. */
    void begin(Emitter to, Map<BasicBlock, Label> blockLabels) {
        emitter = to;
        blockLabels.forEach((block, label) -> byName.put(block.label, label));
        emitter.method()
                .visitFieldInsn(GETSTATIC, Type.getInternalName(Raw.class), "UNSAFE", Type.getDescriptor(Unsafe.class));
        emitter.method().visitVarInsn(ASTORE, UNSAFE);
        if (mode != Mode.FAST) {
            field("checked", Type.getDescriptor(CheckedMemory.class));
            emitter.method().visitVarInsn(ASTORE, local("checked", 1));
        }
        for (String name : wanted) {
            switch (name) {
                case "parameters", "shared" -> {
                    field(name, "J");
                    emitter.method().visitVarInsn(LSTORE, local(name, 2));
                }
                case "carry", "thread", "local", "%tid.x", "%tid.y", "%tid.z" ->
                    local(name, name.equals("local") ? 2 : 1);
                default -> {
                    field(FIELDS.get(name), "I");
                    emitter.method().visitVarInsn(ISTORE, local(name, 1));
                }
            }
        }
    }

    private void field(String name, String descriptor) {
        emitter.method().visitVarInsn(ALOAD, CONTEXT);
        emitter.method().visitFieldInsn(GETFIELD, CONTEXT_NAME, name, descriptor);
    }

    /** The local of that name, made when there is none. */
    int local(String name, int size) {
        Integer known = locals.get(name);
        if (known == null) {
            known = next;
            locals.put(name, known);
            next += size;
        }
        return known;
    }

    /** Whether the segment uses that window or special register. */
    boolean uses(String name) {
        return wanted.contains(name);
    }

    /** Bytes of local memory of a thread. */
    int localBytes() {
        return MemoryLayout.of(graph.entry(), "local", mode).bytes();
    }

    int firstFree() {
        return next;
    }

    void assign(AssignSlots.Result result) {
        slots = result.slots();
        next = result.end();
    }

    void exit(Label label) {
        exit = label;
    }

    /** Whether what is written now is computed once for all threads. */
    void invariant(boolean on) {
        invariant = on;
    }

    void clearTemporaries() {
        temporariesUsed.clear();
    }

    private int use(String name, int size) {
        wanted.add(name);
        return local(name, size);
    }

    @Override
    public int slot(PtxRegister register) {
        return slots.get(register);
    }

    @Override
    public Kind kind(PtxRegister register) {
        return graph.kinds().get(register);
    }

    @Override
    public void pushSpecial(String name) {
        switch (name) {
            case "%laneid" -> {
                pushThread();
                emitter.push(31);
                emitter.op(IAND);
            }
            case "%warpid" -> {
                pushThread();
                emitter.push(5);
                emitter.op(IUSHR);
            }
            case "%lanemask_eq" -> laneMask(1, 0, false);
            case "%lanemask_lt" -> laneMask(1, 1, false);
            case "%lanemask_le" -> laneMask(2, 1, false);
            case "%lanemask_ge" -> laneMask(1, 1, true);
            case "%lanemask_gt" -> laneMask(2, 1, true);
            default -> {
                if (!FIELDS.containsKey(name) && !name.matches("%tid\\.[xyz]")) {
                    throw emitter.error(
                            "the translator does not support the special register " + name
                                    + "; it supports %tid, %ntid, "
                                    + "%ctaid and %nctaid with .x, .y or .z, %laneid, %warpid and %lanemask_eq, _lt, _le, _ge, _gt");
                }
                emitter.method().visitVarInsn(ILOAD, use(name, 1));
            }
        }
    }

    /** Pushes (first << lane) - minus, complemented on request. */
    private void laneMask(int first, int minus, boolean complement) {
        emitter.push(first);
        pushSpecial("%laneid");
        emitter.op(ISHL);
        emitter.push(minus);
        emitter.op(ISUB);
        if (complement) {
            emitter.op(ICONST_M1, IXOR);
        }
    }

    @Override
    public String space(String name) {
        if (parameter(name) != null) {
            return "param";
        }
        PtxVariable variable = variables.get(name);
        return variable != null ? variable.space() : memory.space(name);
    }

    private PtxParameter parameter(String name) {
        for (PtxParameter parameter : graph.entry().parameters()) {
            if (parameter.name().equals(name)) {
                return parameter;
            }
        }
        return null;
    }

    @Override
    public void pushSymbol(String name) {
        PtxParameter parameter = parameter(name);
        if (parameter != null) {
            emitter.method().visitVarInsn(LLOAD, use("parameters", 2));
            if (parameter.offset() != 0) {
                emitter.push((long) parameter.offset());
                emitter.op(LADD);
            }
        } else if (windowOffsets.containsKey(name)) {
            emitter.push((long) windowOffsets.get(name));
        } else {
            emitter.push(memory.address(name));
        }
    }

    @Override
    public void pushWindow(String space) {
        emitter.method().visitVarInsn(LLOAD, use(space, 2));
    }

    @Override
    public void pushContext() {
        emitter.method().visitVarInsn(ALOAD, CONTEXT);
    }

    @Override
    public void pushUnsafe() {
        emitter.method().visitVarInsn(ALOAD, UNSAFE);
    }

    @Override
    public Label exit() {
        return exit;
    }

    @Override
    public Label target(String name) {
        Label target = byName.get(name);
        if (target == null) {
            throw emitter.error("the branch leaves the segment");
        }
        return target;
    }

    @Override
    public int temporary(Kind kind) {
        List<Integer> all = temporaries.computeIfAbsent(kind, key -> new ArrayList<>());
        int used = temporariesUsed.merge(kind, 1, Integer::sum);
        if (used > all.size()) {
            all.add(next);
            next += kind.size();
        }
        return all.get(used - 1);
    }

    @Override
    public void pushThread() {
        if (invariant) {
            emitter.method().visitVarInsn(ILOAD, FROM);
            return;
        }
        emitter.method().visitVarInsn(ILOAD, use("thread", 1));
    }

    @Override
    public int carry() {
        return use("carry", 1);
    }

    @Override
    public void pushRecord() {
        emitter.method().visitVarInsn(LLOAD, local("record", 2));
    }

    @Override
    public int checks() {
        return mode == Mode.FAST ? -1 : locals.get("checked");
    }
}
