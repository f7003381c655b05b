package io.evenkeel.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.core.secagg.CohortBasis;
import io.evenkeel.core.secagg.CohortPlan;
import io.evenkeel.core.secagg.CohortRules;
import io.evenkeel.core.vector.Tensor;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests the digests of model and plan in client-sdk/vectors. */
class CohortBasisVectorsTest {

    static Stream<GoldenVector> bases() {
        return GoldenVector.all("bases");
    }

    @ParameterizedTest
    @MethodSource("bases")
    void haveTheSameDigest(GoldenVector vector) {
        CohortBasis basis = CohortBasis.of(plan(vector.child("plan")), out -> out.write(vector.hex("model")));
        assertThat(basis.toBytes()).isEqualTo(vector.hex("basis"));
        assertThat(basis)
                .isEqualTo(new CohortBasis(vector.hex("basis")))
                .hasToString(vector.text("basis").substring(0, 16));
        CohortBasis byteByByte = CohortBasis.of(plan(vector.child("plan")), out -> {
            for (byte each : vector.hex("model")) {
                out.write(each);
            }
        });
        assertThat(byteByByte).isEqualTo(basis);
    }

    private static CohortPlan plan(GoldenVector plan) {
        return new CohortPlan(
                plan.children("tensors").stream()
                        .map(tensor -> new Tensor(
                                tensor.text("name"),
                                IntStream.of(tensor.integers("shape")).boxed().toList()))
                        .toList(),
                plan.text("algorithm"),
                plan.text("feedback"),
                plan.text("eta"),
                plan.integer("horizon"),
                plan.text("compressor"),
                plan.has("downlink") ? plan.text("downlink") : null,
                plan.number("seed"),
                plan.list("owners").stream()
                        .map(owner -> HexFormat.of().parseHex((String) owner))
                        .toList(),
                new CohortRules(
                        plan.integer("min_members"),
                        plan.integer("max_members"),
                        plan.real("dropout"),
                        plan.real("collusion")),
                plan.integer("rebase_every"),
                plan.integer("exponent"),
                plan.has("privacy") ? privacy(plan.child("privacy")) : null);
    }

    private static CohortPlan.Privacy privacy(GoldenVector privacy) {
        return new CohortPlan.Privacy(
                privacy.text("mechanism"),
                privacy.real("delta"),
                privacy.has("epsilon") ? (Double) privacy.real("epsilon") : null);
    }

    @Test
    void refusesADigestOfAnotherLength() {
        for (int length : List.of(0, 31, 33)) {
            assertThatThrownBy(() -> new CohortBasis(new byte[length]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(length + " bytes, expected 32");
        }
    }
}
