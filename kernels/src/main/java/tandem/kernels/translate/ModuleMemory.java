package tandem.kernels.translate;

import java.lang.ref.Cleaner;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tandem.kernels.ptx.Operand;
import tandem.kernels.ptx.PtxException;
import tandem.kernels.ptx.PtxModule;
import tandem.kernels.ptx.PtxType;
import tandem.kernels.ptx.PtxVariable;
import tandem.kernels.translate.machine.Raw;

/**
 * Native memory of a module's global and constant variables, shared by all entries that are translated from the same
 * object; freed when nothing refers to it. Whoever translates several entries of a file holds the module between them.
 */
final class ModuleMemory {

    private static final Map<Identity, ModuleMemory> BY_MODULE = new HashMap<>();
    private static final ReferenceQueue<PtxModule> COLLECTED = new ReferenceQueue<>();

    /** Its thread starts on first use. */
    private static final class Cleaners {
        static final Cleaner CLEANER = Cleaner.create();
    }

    /** A module as a key: by identity, and without keeping it in memory. */
    private static final class Identity extends WeakReference<PtxModule> {

        private final int hash;

        Identity(PtxModule module) {
            super(module, COLLECTED);
            this.hash = System.identityHashCode(module);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(Object other) {
            if (this == other) {
                return true;
            }
            PtxModule module = get();
            return module != null && other instanceof Identity identity && identity.get() == module;
        }
    }

    /** Between variables, so that an access past the end of one does not reach the next. */
    private static final int GAP = 64;

    private static final long MAX_BYTES = 1 << 28;

    private final Map<String, PtxVariable> variables = new HashMap<>();
    private final Map<String, Long> addresses = new HashMap<>();

    /** That of a module without variables. */
    static final ModuleMemory NONE = new ModuleMemory();

    private ModuleMemory() {}

    private ModuleMemory(PtxModule module) {
        long bytes = 0;
        Map<String, Long> offsets = new HashMap<>();
        for (PtxVariable variable : module.variables()) {
            if (!variable.space().equals("shared")) {
                int alignment = Math.max(16, variable.alignment());
                long start = (bytes + alignment - 1) / alignment * alignment;
                offsets.put(variable.name(), start);
                variables.put(variable.name(), variable);
                bytes = start + variable.bytes() + GAP;
            }
        }
        if (bytes == 0) {
            return;
        }
        if (bytes > MAX_BYTES) {
            throw new PtxException(
                    module.file(),
                    0,
                    "the variables of the module take " + bytes + " bytes; at most " + MAX_BYTES + " are supported");
        }
        long allocation = Raw.UNSAFE.allocateMemory(bytes + 256);
        Cleaners.CLEANER.register(this, () -> Raw.UNSAFE.freeMemory(allocation));
        Raw.UNSAFE.setMemory(allocation, bytes + 256, (byte) 0);
        long base = (allocation + 255) & -256L;
        offsets.forEach((name, offset) -> addresses.put(name, base + offset));
        for (PtxVariable variable : variables.values()) {
            initialize(module, variable);
        }
    }

    /** The memory of a module, made on first use. */
    static ModuleMemory of(PtxModule module) {
        synchronized (BY_MODULE) {
            for (Object old = COLLECTED.poll(); old != null; old = COLLECTED.poll()) {
                BY_MODULE.remove(old);
            }
            return BY_MODULE.computeIfAbsent(new Identity(module), key -> new ModuleMemory(module));
        }
    }

    private void initialize(PtxModule module, PtxVariable variable) {
        long address = addresses.get(variable.name());
        PtxType type = variable.type();
        for (Operand element : variable.initial()) {
            long bits;
            if (element instanceof Operand.IntegerLiteral literal) {
                bits = literal.value();
            } else if (element instanceof Operand.FloatLiteral literal) {
                bits = type == PtxType.F64
                        ? Double.doubleToRawLongBits(literal.value())
                        : literal.single() ? literal.bits() : Float.floatToRawIntBits((float) literal.value());
            } else if (element instanceof Operand.Symbol symbol && addresses.containsKey(symbol.name())) {
                bits = addresses.get(symbol.name()) + symbol.offset();
            } else {
                throw new PtxException(
                        module.file(),
                        variable.line(),
                        variable.name() + ": initial value " + element
                                + " is neither a number nor a variable of the module");
            }
            switch (type.bytes()) {
                case 1 -> Raw.UNSAFE.putByte(address, (byte) bits);
                case 2 -> Raw.UNSAFE.putShort(address, (short) bits);
                case 4 -> Raw.UNSAFE.putInt(address, (int) bits);
                default -> Raw.UNSAFE.putLong(address, bits);
            }
            address += type.bytes();
        }
    }

    /** State space of the variable, or null when there is none of that name. */
    String space(String name) {
        PtxVariable variable = variables.get(name);
        return variable == null ? null : variable.space();
    }

    /** Native address of the variable. */
    long address(String name) {
        return addresses.get(name);
    }

    /** The same, or 0 when there is none of that name. */
    long addressOrZero(String name) {
        return addresses.getOrDefault(name, 0L);
    }

    /** The variable with that name, in the PTX or, as the last part of a mangled name, in the source. */
    ModuleVariable variable(String name) {
        List<PtxVariable> found = variables.values().stream()
                .filter(variable -> variable.name().equals(name)
                        || variable.name().startsWith("_Z")
                                && variable.name().replaceFirst("E?$", "").endsWith(name.length() + name))
                .toList();
        if (found.size() != 1) {
            throw new IllegalArgumentException(
                    (found.isEmpty() ? "there is no variable '" : "several variables are called '") + name
                            + "'; the module has "
                            + variables.keySet().stream().sorted().toList());
        }
        PtxVariable variable = found.get(0);
        return new ModuleVariable(variable.name(), variable.space(), address(variable.name()), variable.bytes());
    }

    /** The variables as memory that a checked launch may access. */
    MemoryMap map() {
        MemoryMap map = new MemoryMap();
        for (PtxVariable variable : variables.values()) {
            map.add(
                    "variable " + MemoryLayout.sourceName(variable.name()),
                    address(variable.name()),
                    variable.bytes(),
                    true);
        }
        return map;
    }
}
