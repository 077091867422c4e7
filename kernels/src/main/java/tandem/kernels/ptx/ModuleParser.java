package tandem.kernels.ptx;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads a whole file: version, target, variables, functions and entries. */
final class ModuleParser {

    /** Threads of a block on every GPU (CUDA C++ Programming Guide, "Compute Capabilities"). */
    private static final int MAX_THREADS = 1024;

    private final TokenStream tokens;
    private final VariableParser variableParser;
    private final List<PtxVariable> variables = new ArrayList<>();
    private final List<Draft> drafts = new ArrayList<>();
    private final Map<String, PtxFunction> functions = new HashMap<>();
    private final Map<String, PtxException> refusedEntries = new LinkedHashMap<>();
    /** Functions and variables that could not be read: a fault of the entries that use them. */
    private final Map<String, PtxException> refusedNames = new LinkedHashMap<>();

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
                case ".global", ".const", ".shared" -> variable(word);
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
        List<PtxEntry> entries = new ArrayList<>();
        for (Draft draft : drafts) {
            try {
                entries.add(finish(draft));
            } catch (PtxException e) {
                refusedEntries.put(draft.name(), e.inEntry(draft.name()));
            }
        }
        if (entries.isEmpty()) {
            Stream.of(refusedEntries, refusedNames)
                    .flatMap(refused -> refused.values().stream())
                    .findFirst()
                    .ifPresent(e -> {
                        throw e;
                    });
        }
        return new PtxModule(
                tokens.file(),
                version,
                target,
                List.copyOf(variables),
                List.copyOf(entries),
                Collections.unmodifiableMap(refusedEntries));
    }

    private void variable(Token word) {
        int start = tokens.position();
        try {
            variables.addAll(variableParser.variables(word.text().substring(1)));
        } catch (PtxException e) {
            tokens.reset(start);
            while (tokens.peek().kind() != Token.Kind.WORD
                    || tokens.peek().text().startsWith(".")) {
                if (tokens.next().kind() == Token.Kind.END) {
                    throw e;
                }
            }
            refusedNames.put(tokens.peek().text(), e);
            while (!tokens.take(";")) {
                if (tokens.next().kind() == Token.Kind.END) {
                    throw e;
                }
            }
        }
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
        if (refusedEntries.containsKey(name)
                || drafts.stream().anyMatch(draft -> draft.name().equals(name))) {
            throw tokens.error(word, "entry " + name + " is defined twice");
        }
        int start = tokens.position();
        try {
            List<PtxParameter> parameters = tokens.peek().is("(") ? variableParser.parameters() : List.of();
            Optional<BlockLimit> blockLimit = directives();
            BodyParser body = new BodyParser(tokens);
            drafts.add(new Draft(word.line(), name, blockLimit, parameters, body, body.parse()));
        } catch (PtxException e) {
            tokens.reset(start);
            if (!tokens.skipDeclaration()) {
                throw e;
            }
            refusedEntries.put(name, e.inEntry(name));
        }
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
        int start = tokens.position();
        try {
            List<PtxParameter> parameters = tokens.peek().is("(") ? variableParser.parameters() : List.of();
            directives();
            if (!tokens.take(";")) {
                BodyParser body = new BodyParser(tokens);
                List<Statement> statements = body.parse();
                functions.put(
                        name,
                        new PtxFunction(name, results, parameters, body.variables(), body.registers(), statements));
            }
        } catch (PtxException e) {
            tokens.reset(start);
            if (!tokens.skipDeclaration()) {
                throw e;
            }
            refusedNames.put(name, e);
        }
    }

    private PtxEntry finish(Draft draft) {
        List<PtxRegister> registers = draft.body().registers();
        List<PtxVariable> own = draft.body().variables();
        List<Statement> statements =
                new CallInliner(tokens.file(), functions, refusedNames, registers, own).inline(draft.statements());
        for (Map.Entry<String, PtxException> refused : refusedNames.entrySet()) {
            if (mentions(statements, refused.getKey())) {
                throw refused.getValue();
            }
        }
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
        if (operand instanceof Operand.Texel texel) {
            return mentions(texel.handle(), variable);
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
