package tandem.kernels.ptx;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the body of an entry: everything between its outermost braces. */
final class BodyParser {

    private static final Set<String> BRANCHES = Set.of("bra");
    /** Of one declaration; registers that no instruction names cost nothing. */
    private static final int MAX_REGISTERS = 1 << 20;

    /** Blocks within blocks, inlined calls included. */
    private static final int MAX_DEPTH = 256;

    private final TokenStream tokens;
    private final VariableParser variableParser;
    private final OperandParser operandParser;
    private final List<PtxRegister> registers = new ArrayList<>();
    private final List<PtxVariable> variables = new ArrayList<>();
    private final List<Statement> statements = new ArrayList<>();
    private final Map<PtxInstruction, Scope> branchScopes = new IdentityHashMap<>();
    private Scope scope;
    private int scopes;

    BodyParser(TokenStream tokens) {
        this.tokens = tokens;
        this.variableParser = new VariableParser(tokens);
        this.operandParser = new OperandParser(tokens, registers);
    }

    List<PtxRegister> registers() {
        return registers;
    }

    List<PtxVariable> variables() {
        return variables;
    }

    /** Reads from the opening brace to the closing one. */
    List<Statement> parse() {
        tokens.expect("{");
        scope = new Scope(null, scopes++);
        while (scope != null) {
            Token token = tokens.peek();
            if (token.kind() == Token.Kind.END) {
                throw tokens.error(token, "the file ends inside a body: a closing brace is missing");
            } else if (tokens.take("{")) {
                if (scope.depth() == MAX_DEPTH) {
                    throw tokens.error(token, "blocks are nested more than " + MAX_DEPTH + " deep");
                }
                scope = new Scope(scope, scopes++);
            } else if (tokens.take("}")) {
                scope = scope.outer();
            } else if (token.is("@")
                    || token.kind() == Token.Kind.WORD && !token.text().startsWith(".")) {
                labelOrInstruction();
            } else if (!tokens.take(";")) {
                directive(tokens.next());
            }
        }
        statements.replaceAll(this::resolveTarget);
        return statements;
    }

    private void directive(Token word) {
        switch (word.text()) {
            case ".reg" -> registerDeclaration();
            case ".shared", ".local", ".global", ".const", ".param" ->
                variables(word.text().substring(1));
            case ".pragma" -> skipTo(word, ";");
            case ".loc" -> skipLine(word);
            default -> throw tokens.error(word, "'" + word.text() + "' is not supported inside a body");
        }
    }

    /** A .param variable of a body holds arguments or results of a call: the thread's own memory. */
    private void variables(String space) {
        for (PtxVariable variable : variableParser.variables(space.equals("param") ? "local" : space)) {
            variables.add(new PtxVariable(
                    variable.line(),
                    variable.space(),
                    scope.declareVariable(variable.name()),
                    variable.type(),
                    variable.alignment(),
                    variable.bytes(),
                    variable.initial()));
        }
    }

    private void skipTo(Token from, String end) {
        while (!tokens.take(end)) {
            if (tokens.next().kind() == Token.Kind.END) {
                throw tokens.error(from, "'" + from.text() + "' is not closed by '" + end + "'");
            }
        }
    }

    private void skipLine(Token word) {
        while (tokens.peek().line() == word.line() && tokens.peek().kind() != Token.Kind.END) {
            tokens.next();
        }
    }

    private void registerDeclaration() {
        Token typeWord = tokens.word("the type of a register");
        PtxType type = PtxType.find(typeWord.text().substring(1));
        if (type == null || type.bytes() == 1) {
            throw tokens.error(typeWord, "registers of type '" + typeWord.text() + "' are not supported");
        }
        do {
            String name = tokens.word("the name of a register").text();
            int count = -1;
            if (tokens.take("<")) {
                Token at = tokens.peek();
                long registers = tokens.integer();
                if (registers < 0 || registers > MAX_REGISTERS) {
                    throw tokens.error(at, registers + " registers; at most " + MAX_REGISTERS + " are supported");
                }
                count = (int) registers;
                tokens.expect(">");
            }
            scope.declare(name, count, type);
        } while (tokens.take(","));
        tokens.expect(";");
    }

    private void labelOrInstruction() {
        Token first = tokens.peek();
        if (first.kind() == Token.Kind.WORD && tokens.peek(1).is(":")) {
            tokens.next();
            tokens.next();
            String unique = scope.declareLabel(first.text());
            if (unique == null) {
                throw tokens.error(first, "label " + first.text() + " is defined twice");
            }
            statements.add(new PtxLabel(first.line(), unique));
            return;
        }
        PtxRegister guard = null;
        boolean negated = false;
        if (tokens.take("@")) {
            negated = tokens.take("!");
            Token name = tokens.word("a predicate register");
            guard = scope.register(name.text(), registers);
            if (guard == null || guard.type() != PtxType.PRED) {
                throw tokens.error(name, "'" + name.text() + "' is not a predicate register");
            }
        }
        instruction(first, guard, negated);
    }

    private void instruction(Token first, PtxRegister guard, boolean negated) {
        Token word = tokens.word("an instruction");
        String[] parts = word.text().split("\\.");
        Set<String> modifiers = new LinkedHashSet<>();
        List<PtxType> types = new ArrayList<>();
        for (int i = 1; i < parts.length; i++) {
            PtxType type = PtxType.find(parts[i]);
            if (type != null) {
                types.add(type);
            } else {
                modifiers.add(parts[i]);
            }
        }
        List<Operand> operands = operands(first);
        Token end = tokens.next();
        String text = tokens.source(first, end);
        PtxInstruction instruction = new PtxInstruction(
                word.line(),
                text.substring(0, text.length() - 1).strip(),
                guard,
                negated,
                parts[0],
                modifiers,
                List.copyOf(types),
                List.copyOf(operands));
        if (BRANCHES.contains(instruction.opcode())) {
            branchScopes.put(instruction, scope);
        }
        statements.add(instruction);
    }

    private List<Operand> operands(Token first) {
        List<Operand> operands = new ArrayList<>();
        try {
            while (!tokens.peek().is(";")) {
                if (!operands.isEmpty()) {
                    tokens.expect(",");
                }
                operands.add(operandParser.operand(scope));
            }
        } catch (PtxException e) {
            Token last = first;
            while (!Set.of(";", "}").contains(tokens.peek().text())
                    && tokens.peek().kind() != Token.Kind.END) {
                last = tokens.next();
            }
            throw last == first ? e : e.with(" in '" + tokens.source(first, last) + "'");
        }
        return operands;
    }

    private Statement resolveTarget(Statement statement) {
        if (!(statement instanceof PtxInstruction branch) || !BRANCHES.contains(branch.opcode())) {
            return statement;
        }
        if (branch.operands().size() != 1 || !(branch.operands().get(0) instanceof Operand.Symbol target)) {
            throw new PtxException(tokens.file(), branch.line(), "'" + branch.text() + "': a branch takes one label");
        }
        String unique = branchScopes.get(branch).label(target.name());
        if (unique == null) {
            throw new PtxException(
                    tokens.file(), branch.line(), "'" + branch.text() + "': there is no label " + target.name());
        }
        return branch.withOperands(List.of(new Operand.Symbol(unique, 0)));
    }
}
