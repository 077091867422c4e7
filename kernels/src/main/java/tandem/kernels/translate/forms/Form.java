package tandem.kernels.translate.forms;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.PtxType;

/**
 * A family of instruction forms that share their bytecode: an opcode, the types it takes and its modifiers.
 *
 * @param opcode for instance {@code add}
 * @param types for each type position, the types allowed there
 * @param groups modifiers
 * @param operands how many operands there are, the optional ones included
 * @param optionalOperands how many of the last may be left out
 * @param emission writes the bytecode
 */
public record Form(String opcode, List<List<PtxType>> types, List<Group> groups, int operands, int optionalOperands,
                   Emission emission) {

    /** How often modifiers of a group may occur. */
    enum Occurrence { ONE, AT_MOST_ONE, ANY }

    /** Modifiers of which one, at most one, or any number may be given. Those of which any number may be given change nothing. */
    record Group(Occurrence occurrence, List<String> options) {}

    /**
     * Reads the compact notation of the families: types as {@code "f32|f64,s32"} (alternatives, then positions); modifier groups
     * separated by blanks, {@code "rn|rz ?ftz ~ca|cg"}: plain means one of them, {@code ?} at most one, {@code ~} any number.
     */
    static Form of(String opcode, String types, String modifiers, int operands, int optionalOperands, Emission emission) {
        List<List<PtxType>> positions = new ArrayList<>();
        for (String position : types.isEmpty() ? new String[0] : types.split(",")) {
            List<PtxType> choices = new ArrayList<>();
            for (String name : position.split("\\|")) {
                choices.add(PtxType.find(name));
            }
            positions.add(choices);
        }
        List<Group> groups = new ArrayList<>();
        for (String group : modifiers.isEmpty() ? new String[0] : modifiers.split(" ")) {
            char mark = group.charAt(0);
            Occurrence occurrence = mark == '?' ? Occurrence.AT_MOST_ONE : mark == '~' ? Occurrence.ANY : Occurrence.ONE;
            String options = occurrence == Occurrence.ONE ? group : group.substring(1);
            groups.add(new Group(occurrence, List.of(options.split("\\|"))));
        }
        return new Form(opcode, positions, groups, operands, optionalOperands, emission);
    }

    boolean matches(PtxInstruction instruction) {
        List<PtxType> given = instruction.types();
        if (given.size() != types.size()) {
            return false;
        }
        for (int i = 0; i < given.size(); i++) {
            if (!types.get(i).contains(given.get(i))) {
                return false;
            }
        }
        int known = 0;
        Set<String> modifiers = instruction.modifiers();
        for (Group group : groups) {
            int found = (int) group.options().stream().filter(modifiers::contains).count();
            known += found;
            if (group.occurrence() == Occurrence.ONE && found != 1 || group.occurrence() == Occurrence.AT_MOST_ONE && found > 1) {
                return false;
            }
        }
        return known == modifiers.size();
    }

    /**
     * The names of all forms in the family, such as {@code add.rn.ftz.f32}. Modifiers that change nothing are not combined with
     * the others: each is named once.
     */
    public List<String> names() {
        List<String> prefixes = List.of(opcode);
        List<String> extras = new ArrayList<>();
        for (Group group : groups) {
            List<String> longer = new ArrayList<>();
            for (String prefix : prefixes) {
                if (group.occurrence() != Occurrence.ONE) {
                    longer.add(prefix);
                }
                if (group.occurrence() != Occurrence.ANY) {
                    group.options().forEach(option -> longer.add(prefix + "." + option));
                }
            }
            if (group.occurrence() == Occurrence.ANY) {
                group.options().forEach(option -> extras.add(opcode + " with ." + option));
            }
            prefixes = longer;
        }
        for (List<PtxType> position : types) {
            List<String> longer = new ArrayList<>();
            for (String prefix : prefixes) {
                position.forEach(type -> longer.add(prefix + "." + type.ptxName()));
            }
            prefixes = longer;
        }
        List<String> names = new ArrayList<>(prefixes);
        names.addAll(extras);
        return names;
    }

    /** One line for error messages, optional parts in braces. */
    @Override
    public String toString() {
        StringBuilder line = new StringBuilder(opcode);
        for (Group group : groups) {
            String options = "." + String.join("|.", group.options());
            line.append(group.occurrence() == Occurrence.ONE ? (group.options().size() == 1 ? options : "(" + options + ")")
                    : "{" + options + "}");
        }
        for (List<PtxType> position : types) {
            List<String> names = position.stream().map(type -> "." + type.ptxName()).toList();
            line.append(names.size() == 1 ? names.get(0) : "(" + String.join("|", names) + ")");
        }
        return line.toString();
    }
}
