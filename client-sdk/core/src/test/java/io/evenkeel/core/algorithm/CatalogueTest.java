package io.evenkeel.core.algorithm;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.catalogue.Entry;
import io.evenkeel.core.catalogue.Feature;
import io.evenkeel.core.catalogue.Need;
import io.evenkeel.core.catalogue.Parameter;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.step.StepRule;
import io.evenkeel.core.vector.TensorLayout;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests that the catalogue agrees with the code. */
class CatalogueTest {

    @Test
    void namesAreUniqueWithinAKindAndSummariesAreSentences() {
        for (List<Entry> kind : List.of(
                Catalogue.algorithms(),
                Catalogue.errorFeedback(),
                Catalogue.stepRules(),
                Catalogue.selections(),
                Catalogue.valueCodings(),
                Catalogue.privacyMechanisms())) {
            assertThat(kind).extracting(Entry::name).doesNotHaveDuplicates();
            assertThat(kind).allSatisfy(entry -> assertThat(entry.summary()).endsWith("."));
        }
    }

    @ParameterizedTest
    @MethodSource("io.evenkeel.core.step.StepRule#all")
    void defaultsOfARuleAreInRangeAndItsInputsAreListedAsNeeds(StepRule rule) {
        assertThat(rule.entry().parameters()).allSatisfy(parameter -> {
            assertThat(parameter.range().test(Double.parseDouble(Objects.requireNonNull(parameter.usual()))))
                    .isTrue();
            assertThat(parameter.range().test(Double.NaN)).isFalse();
        });
        assertThat(!rule.readsMemberLosses() || rule.entry().needs().contains(Need.LOSSES))
                .isTrue();
        assertThat(rule.entry().suits(Feature.PRIVACY))
                .as("with privacy devices report neither losses nor slopes")
                .isEqualTo(!rule.entry().needs().contains(Need.LOSSES)
                        && !rule.entry().needs().contains(Need.SLOPES));
        assertThat(rule.entry().needs().contains(Need.SLOPES)).isEqualTo(rule.readsSlopes());
    }

    @ParameterizedTest
    @EnumSource
    void errorFeedbackListsItsRequirementsOnDevices(FeedbackMethod method) {
        List<Need> needs = method.entry().needs();
        assertThat(needs.contains(Need.TWO_GRADIENTS)).isEqualTo(method.needsTwoGradients());
        assertThat(needs.contains(Need.PREVIOUS_MODEL)).isEqualTo(method.keepsModel());
    }

    @Test
    void aSelectionWithoutAContractionFactorDoesNotSuitTheDownlink() {
        assertThat(Catalogue.selections()).allSatisfy(selection -> {
            StringBuilder text = new StringBuilder(selection.name());
            for (Parameter ignored : selection.parameters()) {
                text.append(":1");
            }
            assertThat(CompressorSpec.parse(text.toString())
                            .bind(TensorLayout.flat(10))
                            .alpha()
                            .isPresent())
                    .isEqualTo(selection.suits(Feature.DOWNLINK));
        });
    }
}
