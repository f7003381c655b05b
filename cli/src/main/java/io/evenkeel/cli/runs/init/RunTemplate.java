package io.evenkeel.cli.runs.init;

import io.evenkeel.core.algorithm.Catalogue;
import io.evenkeel.core.catalogue.Entry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The commented definition of a run, from the resource {@code run.yaml}. */
final class RunTemplate {

    private static final String EXAMPLE = """
            # The length of one flat vector, or the model's tensors with the names in the devices' code, in its order:
            # tensors: [{name: hidden.weight, shape: [128, 64]}, {name: hidden.bias, shape: [128]}]    # or --from a model's file
            dimension: 1000""";

    private RunTemplate() {}

    /**
     * Fills in the template.
     *
     * @param name the run's name
     * @param tensors the model's tensors; empty if they are not known
     * @param model the file with these tensors, or null
     */
    static String of(String name, List<TensorFile.Tensor> tensors, @Nullable Path model) {
        String text = text();
        for (Map.Entry<String, String> field : Catalogue.suggested().entrySet()) {
            text = text.replace("{" + field.getKey() + "}", field.getValue());
        }
        return text.replace("{algorithms}", names(Catalogue.algorithms(), Entry::name))
                .replace("{compressors}", names(Catalogue.selections(), Entry::form))
                .replace("{steps}", names(Catalogue.stepRules(), Entry::name))
                .replace("{file}", name + ".yaml")
                .replace("{name}", name)
                .replace("{model}", tensors.isEmpty() ? EXAMPLE : tensors(tensors, Objects.requireNonNull(model)))
                .replace(
                        "{initialModel}",
                        tensors.isEmpty()
                                ? "# initialModel: zeros    # or uploaded: evenkeel runs model put " + name + " FILE"
                                : "initialModel: uploaded");
    }

    private static String names(List<Entry> entries, Function<Entry, String> text) {
        return entries.stream().map(text).collect(Collectors.joining(", "));
    }

    private static String tensors(List<TensorFile.Tensor> tensors, Path model) {
        return tensors.stream()
                .map(tensor -> "  - {name: " + quote(tensor.name()) + ", shape: " + tensor.shape() + "}")
                .collect(Collectors.joining(
                        "\n",
                        "# As in " + model.getFileName() + ". Devices must have the same names and shapes.\ntensors:\n",
                        ""));
    }

    /** Quotes a name for YAML, which has the same escapes as JSON. */
    private static String quote(String name) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || c == 0x7F) {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    private static String text() {
        try (InputStream in = Objects.requireNonNull(RunTemplate.class.getResourceAsStream("run.yaml"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
