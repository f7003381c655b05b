package io.evenkeel.cli.pilot;

import io.evenkeel.cli.command.MethodNames;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * An option of a trial: a line of options.tsv, which is read without a library, because every start of the program
 * needs it.
 *
 * @param group the heading of its group; empty for none
 * @param option its names, separated by |
 * @param value the name of its value; empty for a flag
 * @param type integer, number, flag, integers, texts or thresholds (separated by commas), repeated, algorithms or
 *     compressor; empty for a text
 * @param path the path of its setting in experiment.yaml; empty if the option sets several
 * @param help its description, in lines
 */
record TrialOption(String group, String option, String value, String type, String path, String help) {

    private static final List<TrialOption> ALL = read();

    private static List<TrialOption> read() {
        try (InputStream in = Objects.requireNonNull(TrialOption.class.getResourceAsStream("options.tsv"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .skip(1)
                    .map(line -> line.split("\t", -1))
                    .map(cells -> new TrialOption(
                            cells[0], cells[1], cells[2], cells[3], cells[4], cells[5].replace("\\n", "\n")))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns all options. */
    static List<TrialOption> all() {
        return ALL;
    }

    /** Adds all options to a command. */
    static void addTo(CommandSpec command) {
        Map<String, ArgGroupSpec.Builder> groups = new LinkedHashMap<>();
        for (TrialOption option : ALL) {
            if (option.group().isEmpty()) {
                command.addOption(option.spec());
            } else {
                groups.computeIfAbsent(
                                option.group(),
                                heading ->
                                        ArgGroupSpec.builder().validate(false).heading("%n" + heading + "%n"))
                        .addArg(option.spec());
            }
        }
        groups.values().forEach(group -> command.addArgGroup(group.build()));
    }

    /** Returns its first name. */
    String name() {
        return option.split("\\|", -1)[0];
    }

    private OptionSpec spec() {
        OptionSpec.Builder spec = OptionSpec.builder(option.split("\\|", -1)).description(help.split("\n", -1));
        if (!value.isEmpty()) {
            spec.paramLabel(value);
        }
        switch (type) {
            case "" -> spec.type(String.class);
            case "integer" -> spec.type(Integer.class);
            case "number" -> spec.type(Double.class);
            case "flag" -> spec.type(Boolean.class).negatable(true);
            case "integers" -> spec.type(List.class).auxiliaryTypes(Long.class).splitRegex(",");
            case "texts" -> spec.type(List.class).auxiliaryTypes(String.class).splitRegex(",");
            case "algorithms" ->
                spec.type(List.class).auxiliaryTypes(String.class).completionCandidates(new MethodNames.Algorithms());
            case "compressor" -> spec.type(String.class).completionCandidates(new MethodNames.Compressors());
            case "thresholds" ->
                spec.type(Map.class).auxiliaryTypes(String.class, Double.class).splitRegex(",");
            case "repeated" -> spec.type(List.class).auxiliaryTypes(String.class);
            default -> throw new IllegalArgumentException("option " + option + " has the type " + type);
        }
        return spec.build();
    }
}
