package io.evenkeel.cli.output;

import io.evenkeel.cli.environment.CliEnvironment;
import io.evenkeel.tools.terminal.Terminal;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/** The option {@code --output}, and the printing of results. */
public final class OutputOptions {

    private final CliEnvironment environment;

    @Option(
            names = {"-o", "--output"},
            order = 100,
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "text, json or yaml (default: text).")
    private OutputFormat format = OutputFormat.TEXT;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    OutputOptions(CliEnvironment environment) {
        this.environment = environment;
    }

    /** Prints a result: the document for programs, or its human-readable text. */
    public void print(JsonNode document, Function<TextLayout, List<String>> text) {
        if (format == OutputFormat.TEXT) {
            lines(text.apply(page()));
        } else {
            document(document);
        }
    }

    /**
     * Prints a document; or prints only the secret to standard output, so that a shell can capture it, and a
     * note to standard error.
     */
    public void printSecret(JsonNode document, String secret, Supplier<String> note) {
        print(document, page -> {
            err().println(note.get());
            err().flush();
            return List.of(document.path(secret).asString());
        });
    }

    /**
     * Prints one of many results: a line of JSON, a YAML document that ends with {@code ---}, or a human-readable line.
     */
    public void line(JsonNode document, String text) {
        switch (format) {
            case TEXT -> out().println(text);
            case JSON -> out().println(new JsonMapper().writeValueAsString(document));
            case YAML -> {
                document(document);
                out().println("---");
            }
        }
        out().flush();
    }

    /** Prints human-readable text, and nothing for programs. */
    public void note(String text) {
        if (format == OutputFormat.TEXT) {
            lines(List.of(text));
        }
    }

    /** Returns whether the result is human-readable text. */
    public boolean isText() {
        return format == OutputFormat.TEXT;
    }

    public TextLayout page() {
        Terminal terminal = environment.terminal().get();
        boolean coloured =
                terminal.interactive() && environment.variable("NO_COLOR").isEmpty();
        return new TextLayout(
                coloured ? Style.COLOURED : Style.PLAIN,
                terminal.interactive() ? terminal.columns() : TextLayout.UNLIMITED,
                environment.clock().instant());
    }

    /** Returns standard error, for progress while a command prepares its result. */
    public Terminal progress() {
        Terminal terminal = environment.terminal().get();
        return new Terminal(System.err, terminal.interactive(), terminal.columns());
    }

    /** Returns the stream of results. */
    public PrintWriter out() {
        return spec.commandLine().getOut();
    }

    /** Returns the stream for notes that accompany the result. */
    public PrintWriter err() {
        return spec.commandLine().getErr();
    }

    private void lines(List<String> lines) {
        lines.forEach(out()::println);
        out().flush();
    }

    private void document(JsonNode document) {
        if (format == OutputFormat.JSON) {
            DefaultPrettyPrinter printer = new DefaultPrettyPrinter()
                    .withObjectIndenter(new DefaultIndenter("  ", "\n"))
                    .withArrayIndenter(new DefaultIndenter("  ", "\n"))
                    .withSeparators(Separators.createDefaultInstance()
                            .withObjectNameValueSpacing(Separators.Spacing.AFTER)
                            .withArrayEmptySeparator("")
                            .withObjectEmptySeparator(""));
            out().println(new JsonMapper().writer().with(printer).writeValueAsString(document));
        } else {
            out().print(YAMLMapper.builder()
                    .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
                    .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
                    .enable(YAMLWriteFeature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                    .build()
                    .writeValueAsString(document));
        }
        out().flush();
    }

    /** The output formats of results. */
    enum OutputFormat {
        /** A human-readable table or text, which may change with any version. */
        TEXT,
        /** The API's document. */
        JSON,
        /** The API's document as YAML. */
        YAML
    }
}
