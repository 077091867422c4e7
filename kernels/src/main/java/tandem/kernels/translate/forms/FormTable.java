package tandem.kernels.translate.forms;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tandem.kernels.ptx.PtxException;
import tandem.kernels.ptx.PtxInstruction;

/** All instruction forms that the translator supports. */
public final class FormTable {

    private static final FormTable ALL = new FormTable();

    private final Map<String, List<Form>> byOpcode = new LinkedHashMap<>();

    private FormTable() {
        IntegerForms.register(this);
        CarryForms.register(this);
        BitForms.register(this);
        FloatForms.register(this);
        CompareForms.register(this);
        MoveForms.register(this);
        ConvertForms.register(this);
        MemoryForms.register(this);
        AtomicForms.register(this);
        ControlForms.register(this);
        SuspensionForms.register(this);
        SystemForms.register(this);
        HalfForms.register(this);
        MatrixForms.register(this);
        AsyncCopyForms.register(this);
        TextureForms.register(this);
        SurfaceForms.register(this);
    }

    void add(String opcode, String types, String modifiers, int operands, Emission emission) {
        add(opcode, types, modifiers, operands, 0, emission);
    }

    void add(String opcode, String types, String modifiers, int operands, int optionalOperands, Emission emission) {
        byOpcode.computeIfAbsent(opcode, key -> new ArrayList<>())
                .add(Form.of(opcode, types, modifiers, operands, optionalOperands, emission));
    }

    /** Every form, in the order of the families. */
    public static List<Form> forms() {
        return ALL.byOpcode.values().stream().flatMap(List::stream).toList();
    }

    /**
     * The form of an instruction.
     *
     * @throws PtxException when it is not supported; the message has the instruction and the forms that are
     */
    public static Form find(String file, PtxInstruction instruction) {
        List<Form> candidates = ALL.byOpcode.get(instruction.opcode());
        if (candidates == null) {
            throw new PtxException(
                    file,
                    instruction.line(),
                    "the translator does not support the instruction '" + instruction.text() + "'; it supports "
                            + String.join(", ", ALL.byOpcode.keySet()));
        }
        for (Form form : candidates) {
            if (form.matches(instruction)) {
                int given = instruction.operands().size();
                if (given > form.operands() || given < form.operands() - form.optionalOperands()) {
                    throw new PtxException(
                            file,
                            instruction.line(),
                            "'" + instruction.text() + "' has " + given + " operands, but " + form + " takes "
                                    + form.operands());
                }
                return form;
            }
        }
        throw new PtxException(
                file,
                instruction.line(),
                "the translator does not support this form of " + instruction.opcode() + ": '" + instruction.text()
                        + "'; it supports " + candidates);
    }
}
