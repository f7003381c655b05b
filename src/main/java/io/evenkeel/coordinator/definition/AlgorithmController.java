package io.evenkeel.coordinator.definition;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.evenkeel.core.algorithm.Catalogue;
import io.evenkeel.core.catalogue.Entry;
import io.evenkeel.core.catalogue.Feature;
import io.evenkeel.core.catalogue.Need;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Lists the methods that a run's definition may name. */
@Tag(name = "Runs")
@RestController
class AlgorithmController {

    private static final CatalogueView CATALOGUE = new CatalogueView(
            MethodView.of(Catalogue.algorithms()),
            MethodView.of(Catalogue.errorFeedback()),
            MethodView.of(Catalogue.stepRules()),
            MethodView.of(Catalogue.selections()),
            MethodView.of(Catalogue.valueCodings()),
            MethodView.of(Catalogue.privacyMechanisms()),
            Catalogue.suggested());

    /**
     * All named methods.
     *
     * @param algorithms the algorithms; their parameters are other fields of a definition, with their defaults
     * @param errorFeedback the devices' error feedback, as plans name it
     * @param stepRules the methods for {@code step}
     * @param selections the methods for the first part of {@code compressor}
     * @param valueCodings the methods for the second part of {@code compressor}, after the plus sign
     * @param privacyMechanisms the methods for {@code privacy}
     * @param suggested initial values for a form, by the field's path
     */
    record CatalogueView(
            List<MethodView> algorithms,
            List<MethodView> errorFeedback,
            List<MethodView> stepRules,
            List<MethodView> selections,
            List<MethodView> valueCodings,
            List<MethodView> privacyMechanisms,
            Map<String, String> suggested) {}

    /**
     * A named method.
     *
     * @param summary a description in one sentence
     * @param parameters the parameters, in the order in which they follow the name: {@code name:a:b}
     * @param needs requirements beyond one gradient per message
     * @param excludes the parts of a definition that it cannot be combined with
     */
    record MethodView(
            String name, String summary, List<ParameterView> parameters, List<String> needs, List<String> excludes) {

        private static List<MethodView> of(List<Entry> entries) {
            return entries.stream()
                    .map(entry -> new MethodView(
                            entry.name(),
                            entry.summary(),
                            entry.parameters().stream()
                                    .map(one -> new ParameterView(one.name(), one.expected(), one.usual()))
                                    .toList(),
                            entry.needs().stream().map(Need::text).toList(),
                            entry.excludes().stream().map(Feature::text).toList()))
                    .toList();
        }
    }

    /**
     * A parameter of a method.
     *
     * @param expected the expected value, in words
     * @param usual the default; absent if the parameter is required
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ParameterView(
            String name,
            String expected,
            @JsonProperty("default") @Nullable String usual) {}

    @Operation(
            summary = "List the methods that definitions of runs may name",
            description =
                    "Algorithms, step rules, compressors and privacy mechanisms, each with its parameters, what it"
                            + " needs, and what it cannot be combined with. Changes only with the coordinator's version.")
    @GetMapping(path = "/api/v1/algorithms", produces = MediaType.APPLICATION_JSON_VALUE)
    CatalogueView getAlgorithms() {
        return CATALOGUE;
    }
}
