package tandem.kernels.ptx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads a whole file: version, target, variables, functions and entries. */
final class ModuleParser {

    /** Threads of a block on every GPU (CUDA C++ Programming Guide, "Compute Capabilities"). */
    private static final int MAX_THREADS = 1024;

    private final TokenStream tokens;
    private final VariableParser variableParser;
    private final List<PtxVariable> variables = new ArrayList<>();
    private final List<Draft> drafts = new ArrayList<>();
    private final Map<String, PtxFunction> functions = new HashMap<>();
    private String version;
    private String target;

    ModuleParser(String file, String text) {
        this.tokens = new TokenStream(file, text);
        this.variableParser = new VariableParser(tokens);
    }

    PtxModule parse() {
        while (tokens.peek().kind() != Token.Kind.END) {
            Token word = tokens.next();
            switch (word.text()) {
                case ".version" -> version = tokens.next().text();
                case ".target" -> {
                    target = tokens.word("a target").text();
                    while (tokens.take(",")) {
                        tokens.next();
                    }
                }
                case ".address_size" -> {
                    Token size = tokens.next();
                    if (!size.is("64")) {
                        throw tokens.error(size, "addresses of " + size.text() + " bits are not supported, only of 64");
                    }
                }
                case ".visible", ".weak", ".common", ".extern", ";" -> {}
                case ".global", ".const", ".shared" ->
                    variables.addAll(variableParser.variables(word.text().substring(1)));
                case ".entry" -> entry(word);
                case ".file" -> skipLine(word);
                case ".section" -> skipSection(word);
                case ".pragma" -> skipTo(word, ";");
                case ".func" -> function();
                default -> throw tokens.error(word, "'" + word.text() + "' is not supported at module level");
            }
        }
        if (version == null || target == null) {
            throw new PtxException(
                    tokens.file(), 0, "is not PTX: it has no " + (version == null ? ".version" : ".target"));
        }
        return new PtxModule(
                tokens.file(),
                version,
                target,
                List.copyOf(variables),
                drafts.stream().map(this::finish).toList());
    }

    /** An entry whose calls are not inlined yet, since functions may follow it. */
    private record Draft(
            int line,
            String name,
            Optional<BlockLimit> blockLimit,
            List<PtxParameter> parameters,
            BodyParser body,
            List<Statement> statements) {}

    private void entry(Token word) {
        String name = tokens.word("the name of an entry").text();
        if (drafts.stream().anyMatch(draft -> draft.name().equals(name))) {
            throw tokens.error(word, "entry " + name + " is defined twice");
        }
        List<PtxParameter> parameters = tokens.peek().is("(") ? variableParser.parameters() : List.of();
        Optional<BlockLimit> blockLimit = directives();
        BodyParser body = new BodyParser(tokens);
        drafts.add(new Draft(word.line(), name, blockLimit, parameters, body, body.parse()));
    }

    /** Reads the directives between a list of parameters and the body; only the block size is stored. */
    private Optional<BlockLimit> directives() {
        BlockLimit limit = null;
        while (tokens.peek().text().startsWith(".")) {
            Token word = tokens.next();
            if (word.is(".maxntid") || word.is(".reqntid")) {
                if (limit != null) {
                    throw tokens.error(
                            word, "'" + word.text() + "' follows '" + limit + "'; only one of them is allowed");
                }
                limit = blockLimit(word);
            }
            while (tokens.peek().kind() == Token.Kind.NUMBER || tokens.peek().is(",")) {
                tokens.next();
            }
        }
        return Optional.ofNullable(limit);
    }

    private BlockLimit blockLimit(Token word) {
        int[] dims = {1, 1, 1};
        int count = 0;
        long threads = 1;
        do {
            long threadsOfDim = tokens.integer();
            if (threadsOfDim < 1 || threadsOfDim > MAX_THREADS || (threads *= threadsOfDim) > MAX_THREADS) {
                throw tokens.error(word, "'" + word.text() + "' must give 1 to " + MAX_THREADS + " threads of a block");
            }
            dims[count++] = (int) threadsOfDim;
        } while (count < 3 && tokens.take(","));
        return new BlockLimit(word.is(".reqntid"), dims[0], dims[1], dims[2]);
    }

    private void function() {
        List<PtxParameter> results = tokens.peek().is("(") ? variableParser.parameters() : List.of();
        String name = tokens.word("the name of a function").text();
        List<PtxParameter> parameters = tokens.peek().is("(") ? variableParser.parameters() : List.of();
        directives();
        if (!tokens.take(";")) {
            BodyParser body = new BodyParser(tokens);
            List<Statement> statements = body.parse();
            functions.put(
                    name, new PtxFunction(name, results, parameters, body.variables(), body.registers(), statements));
        }
    }

    private PtxEntry finish(Draft draft) {
        List<PtxRegister> registers = draft.body().registers();
        List<PtxVariable> own = draft.body().variables();
        List<Statement> statements =
                new CallInliner(tokens.file(), functions, registers, own).inline(draft.statements());
        List<PtxVariable> used = new ArrayList<>(variables);
        used.removeIf(variable -> !variable.space().equals("shared") || !mentions(statements, variable.name()));
        used.addAll(own);
        return new PtxEntry(
                tokens.file(),
                draft.line(),
                draft.name(),
                draft.blockLimit(),
                List.copyOf(draft.parameters()),
                List.copyOf(used),
                0,
                List.copyOf(registers),
                List.copyOf(statements));
    }

    private static boolean mentions(List<Statement> statements, String variable) {
        return statements.stream()
                .anyMatch(statement -> statement instanceof PtxInstruction instruction
                        && instruction.operands().stream().anyMatch(operand -> mentions(operand, variable)));
    }

    private static boolean mentions(Operand operand, String variable) {
        if (operand instanceof Operand.Address address) {
            return mentions(address.base(), variable);
        }
        if (operand instanceof Operand.Vector vector) {
            return vector.elements().stream().anyMatch(element -> mentions(element, variable));
        }
        return operand instanceof Operand.Symbol symbol && symbol.name().equals(variable);
    }

    private void skipLine(Token word) {
        while (tokens.peek().line() == word.line() && tokens.peek().kind() != Token.Kind.END) {
            tokens.next();
        }
    }

    private void skipSection(Token word) {
        while (!tokens.peek().is("{")) {
            tokens.next();
            if (tokens.peek().kind() == Token.Kind.END) {
                throw tokens.error(word, "a section has no body");
            }
        }
        skipTo(word, "}");
    }

    private void skipTo(Token from, String end) {
        while (!tokens.take(end)) {
            if (tokens.next().kind() == Token.Kind.END) {
                throw tokens.error(from, "'" + from.text() + "' is not closed by '" + end + "'");
            }
        }
    }
}
