package tandem.kernels.translate.forms;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
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
public record Form(
        String opcode,
        List<List<PtxType>> types,
        List<Group> groups,
        int operands,
        int optionalOperands,
        Emission emission) {

    /** How modifiers of a group may occur. */
    enum Occurrence {
        /** One must be given. */
        ONE,
        /** At most one may be given. */
        AT_MOST_ONE,
        /** At most one may be given, and does the same whatever the other groups have. */
        INDEPENDENT,
        /** Any number may be given; they change nothing on the host. */
        ANY
    }

    /** Modifiers that exclude each other, or are all hints. */
    record Group(Occurrence occurrence, List<String> options) {}

    /**
     * Reads the compact notation of the families: types as {@code "f32|f64,s32"} (alternatives, then positions);
     * modifier groups separated by blanks, {@code "rn|rz ?ftz +and|or ~ca|cg"}: plain means one of them, {@code ?} at
     * most one, {@code +} at most one independent of the rest, {@code ~} any number.
     */
    static Form of(
            String opcode, String types, String modifiers, int operands, int optionalOperands, Emission emission) {
        List<List<PtxType>> positions = new ArrayList<>();
        for (String position : types.isEmpty() ? new String[0] : types.split(",")) {
            positions.add(
                    Arrays.stream(position.split("\\|")).map(PtxType::find).toList());
        }
        List<Group> groups = new ArrayList<>();
        for (String group : modifiers.isEmpty() ? new String[0] : modifiers.split(" ")) {
            Occurrence occurrence = switch (group.charAt(0)) {
                case '?' -> Occurrence.AT_MOST_ONE;
                case '+' -> Occurrence.INDEPENDENT;
                case '~' -> Occurrence.ANY;
                default -> Occurrence.ONE;
            };
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
        int matched = 0;
        Set<String> modifiers = instruction.modifiers();
        for (Group group : groups) {
            int found =
                    (int) group.options().stream().filter(modifiers::contains).count();
            matched += found;
            if (group.occurrence() == Occurrence.ONE && found != 1
                    || group.occurrence() != Occurrence.ANY && found > 1) {
                return false;
            }
        }
        return matched == modifiers.size();
    }

    /**
     * The names of all forms in the family, such as {@code add.rn.ftz.f32}. Independent modifiers are combined with the
     * types and with the first of each group that must be given; hints are named once, as {@code ld with .ca}.
     */
    public List<String> names() {
        List<String> names = new ArrayList<>(withTypes(prefixes(null, "")));
        for (Group group : groups) {
            for (String option : group.options()) {
                if (group.occurrence() == Occurrence.INDEPENDENT) {
                    names.addAll(withTypes(prefixes(group, option)));
                } else if (group.occurrence() == Occurrence.ANY) {
                    names.add(opcode + " with ." + option);
                }
            }
        }
        return names;
    }

    /** Those of {@link #names} that an instruction of this family is an example of. */
    public List<String> namesOf(PtxInstruction instruction) {
        StringBuilder plain = new StringBuilder(opcode);
        List<String> names = new ArrayList<>();
        boolean independent = false;
        String types =
                instruction.types().stream().map(type -> "." + type.ptxName()).collect(Collectors.joining());
        for (Group group : groups) {
            for (String option : group.options()) {
                if (instruction.has(option) && group.occurrence() == Occurrence.ANY) {
                    names.add(opcode + " with ." + option);
                } else if (instruction.has(option) && group.occurrence() == Occurrence.INDEPENDENT) {
                    names.add(prefixes(group, option).get(0) + types);
                    independent = true;
                } else if (instruction.has(option)) {
                    plain.append('.').append(option);
                }
            }
        }
        if (!independent) {
            names.add(plain + types);
        }
        return names;
    }

    /**
     * Opcode and modifiers: all combinations, or, when {@code chosen} is given, the first one that has {@code option}
     * of it.
     */
    private List<String> prefixes(Group chosen, String option) {
        List<String> prefixes = List.of(opcode);
        for (Group group : groups) {
            List<String> longer = new ArrayList<>();
            for (String prefix : prefixes) {
                if (group == chosen) {
                    longer.add(prefix + "." + option);
                } else if (group.occurrence() == Occurrence.ONE) {
                    List<String> options =
                            chosen == null ? group.options() : group.options().subList(0, 1);
                    options.forEach(o -> longer.add(prefix + "." + o));
                } else {
                    longer.add(prefix);
                    if (group.occurrence() == Occurrence.AT_MOST_ONE && chosen == null) {
                        group.options().forEach(o -> longer.add(prefix + "." + o));
                    }
                }
            }
            prefixes = longer;
        }
        return prefixes;
    }

    private List<String> withTypes(List<String> prefixes) {
        List<String> names = prefixes;
        for (List<PtxType> position : types) {
            List<String> longer = new ArrayList<>();
            for (String prefix : names) {
                position.forEach(type -> longer.add(prefix + "." + type.ptxName()));
            }
            names = longer;
        }
        return names;
    }

    /** One line for error messages, optional parts in braces. */
    @Override
    public String toString() {
        StringBuilder line = new StringBuilder(opcode);
        for (Group group : groups) {
            String options = "." + String.join("|.", group.options());
            line.append(
                    group.occurrence() == Occurrence.ONE
                            ? (group.options().size() == 1 ? options : "(" + options + ")")
                            : "{" + options + "}");
        }
        for (List<PtxType> position : types) {
            List<String> names =
                    position.stream().map(type -> "." + type.ptxName()).toList();
            line.append(names.size() == 1 ? names.get(0) : "(" + String.join("|", names) + ")");
        }
        return line.toString();
    }
}
