package io.evenkeel.core.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.core.vector.Tensor;
import io.evenkeel.core.vector.TensorLayout;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompressorSpecTest {

    @ParameterizedTest
    @CsvSource({
        "identity, identity",
        "identity+float32, identity",
        "natural, identity+natural",
        "sign, identity+sign",
        "log:5, identity+log:5",
        "top-k:0.01, top-k:0.01",
        "top-k:0.01+natural, top-k:0.01+natural",
        "top-k:0.01+log:5, top-k:0.01+log:5",
        "top-k:0100, top-k:100",
        "top-k:1.0, top-k:1.0",
        "top-k:1, top-k:1",
        "top-k:0.0100e0, top-k:0.01",
        "top-k:1.0e-9+bf16, top-k:1.0E-9+bf16",
        "rand-k:500+float64, rand-k:500+float64",
        "block-top-k:64:0.25+sign, block-top-k:64:0.25+sign",
        "layer-top-k:0.05, layer-top-k:0.05",
        "threshold:3, threshold:3.0",
        "threshold:1e-3+natural, threshold:0.001+natural",
        "threshold:1e300, threshold:1.0E300"
    })
    void readsATextAndWritesItsCanonicalForm(String text, String canonical) {
        CompressorSpec spec = CompressorSpec.parse(text);
        assertThat(spec).hasToString(canonical);
        assertThat(CompressorSpec.parse(canonical)).isEqualTo(spec);
    }

    @Test
    void theDecimalPointDistinguishesAShareFromACount() {
        assertThat(CompressorSpec.parse("top-k:1").selection()).isEqualTo(new Selection.TopK(new Amount.Count(1)));
        assertThat(CompressorSpec.parse("top-k:1.0").selection()).isEqualTo(new Selection.TopK(new Amount.Share(1)));
    }

    @Test
    void idsAndNamesArePermanent() {
        assertThat(Stream.of("identity", "top-k:1", "rand-k:1", "block-top-k:1:1", "layer-top-k:1", "threshold:1")
                        .map(text -> CompressorSpec.parse(text).selection())
                        .map(selection -> selection.id() + " " + selection.name()))
                .containsExactly("0 identity", "1 top-k", "2 rand-k", "3 block-top-k", "4 layer-top-k", "5 threshold");
    }

    @Property
    void everySpecReadsBackFromItsText(@ForAll("specs") CompressorSpec spec) {
        assertThat(CompressorSpec.parse(spec.toString())).isEqualTo(spec);
    }

    @Property
    void everyNumberReadsBackFromItsText(@ForAll("positive") double value) {
        assertThat(Decimal.parse(Decimal.text(value))).hasValue(value);
        CompressorSpec threshold = new CompressorSpec(new Selection.Threshold(value), ValueCoding.BF16);
        assertThat(CompressorSpec.parse(threshold.toString())).isEqualTo(threshold);
    }

    @Test
    void numbersHaveTheFewestDigitsOnEveryJdk() {
        assertThat(Decimal.text(2e-3)).isEqualTo("0.002");
        assertThat(Decimal.text(0x1.0p-96))
                .as("1.2621774483536189E-29 before JDK 19")
                .isEqualTo("1.262177448353619E-29");
        assertThat(Decimal.text(Double.MIN_VALUE)).as("4.9E-324 in Java").isEqualTo("5.0E-324");
        assertThat(Decimal.text(1234567)).isEqualTo("1234567.0");
        assertThat(Decimal.text(1.25e-8)).isEqualTo("1.25E-8");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "\"\" | the selection is '', expected one of identity, top-k:<amount>,",
                "topk:5 | the selection is 'topk', expected one of identity, top-k:<amount>",
                "Top-K:5 | the selection is 'Top-K', expected one of",
                "bf16 | the selection is 'bf16', expected one of",
                "top-k | the selection is 'top-k', expected the form top-k:<amount>",
                "top-k:1:2 | the selection is 'top-k:1:2', expected the form top-k:<amount>",
                "identity:1 | the selection is 'identity:1', expected the form identity",
                "block-top-k:4 | the selection is 'block-top-k:4', expected the form block-top-k:<length>:<amount>",
                "top-k:0 | the amount is 0, expected a count of at least 1 such as 100, or a share above 0 and up to 1",
                "top-k:-3 | the amount is '-3', expected a count",
                "top-k: | the amount is '', expected a count",
                "top-k:NaN | the amount is 'NaN', expected a count",
                "top-k:1e3 | the amount is '1e3', expected a count",
                "top-k:1.x | the amount is '1.x', expected a count",
                "top-k:0.0 | the amount is 0.0, expected a count",
                "rand-k:1.5 | the amount is 1.5, expected a count",
                "layer-top-k:9999999999 | the amount is 9999999999, expected at most 2147483647",
                "block-top-k:0:1 | the block length is 0, expected an integer of at least 1",
                "block-top-k:0.5:1 | the block length is '0.5', expected an integer such as 64",
                "threshold:0 | the threshold is 0.0, expected a positive finite number such as 0.001; to send everything use",
                "threshold:1e999 | the threshold is Infinity, expected a positive finite number",
                "threshold:-1 | the threshold is '-1', expected a positive finite number",
                "threshold | the selection is 'threshold', expected the form threshold:<lambda>",
                "top-k:5+float16 | the value coding is 'float16', expected one of float32, float64, bf16, natural, sign",
                "top-k:5+ | the value coding is '', expected one of",
                "top-k:5+natural+sign | the value coding is 'natural+sign', expected one of",
                "top-k:1+log:9 | the value coding is 'log:9', expected one of float32, float64, bf16, natural, sign, log:4 to log:8",
                "log:9 | the value coding is 'log:9', expected one of float32, float64, bf16, natural, sign, log:4 to log:8",
                "log:5+sign | the selection is 'log', expected one of",
                "natural+sign | the selection is 'natural', expected one of"
            })
    void refusesInvalidTextsAndNamesTheWrongPart(String text, String message) {
        assertThatThrownBy(() -> CompressorSpec.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("compressor '" + text + "': ")
                .hasMessageContaining(message);
    }

    @Test
    void refusesNumbersOutOfRangeInConstructorsToo() {
        assertThatThrownBy(() -> new Amount.Share(Double.NaN)).hasMessageStartingWith("the amount is NaN, expected");
        assertThatThrownBy(() -> new Amount.Count(-1)).hasMessageStartingWith("the amount is -1, expected");
        assertThatThrownBy(() -> new Selection.Threshold(Double.NaN)).hasMessageStartingWith("the threshold is NaN");
    }

    @Test
    void refusesAmountsLargerThanTheModel() {
        TensorLayout layout =
                TensorLayout.of(List.of(new Tensor("weights", List.of(8)), new Tensor("bias", List.of(2))));
        assertUnbindable(
                "top-k:11", layout, "the amount is 11, but there are only 10 coordinates: give a count up to 10, or");
        assertUnbindable("rand-k:11", layout, "the amount is 11, but there are only 10 coordinates");
        assertUnbindable("layer-top-k:3", layout, "the amount is 3, but there are only 2 values in tensor 'bias'");
        assertUnbindable("block-top-k:4:4", layout, "the amount is 4, but there are only 3 blocks");
        assertUnbindable("block-top-k:11:1", layout, "the block length is 11, but there are only 10 coordinates");
    }

    private static void assertUnbindable(String text, TensorLayout layout, String message) {
        assertThatThrownBy(() -> CompressorSpec.parse(text).bind(layout))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("compressor '" + text + "': " + message);
    }

    @ParameterizedTest
    @CsvSource({
        "top-k:0.01, 1000, 10",
        "top-k:0.0149, 1000, 15",
        "top-k:0.0145, 1000, 15",
        "top-k:0.0144, 1000, 14",
        "top-k:0.0001, 1000, 1",
        "top-k:1.0, 1000, 1000",
        "rand-k:0.5, 3, 2",
        "block-top-k:10:0.5, 95, 50",
        "block-top-k:10:10, 95, 95",
        "threshold:1, 7, 7",
        "identity, 7, 7"
    })
    void aShareIsRoundedToAtLeastOne(String text, int dimension, int maxCount) {
        assertThat(CompressorSpec.parse(text).bind(TensorLayout.flat(dimension)).maxCount())
                .isEqualTo(maxCount);
    }

    @Test
    void aShareIsTakenOfEachTensor() {
        TensorLayout layout =
                TensorLayout.of(List.of(new Tensor("weights", List.of(100)), new Tensor("bias", List.of(4))));
        Compressor compressor = CompressorSpec.parse("layer-top-k:0.1").bind(layout);
        assertThat(compressor.maxCount()).isEqualTo(11);
        assertThat(compressor.alpha().orElseThrow()).isCloseTo(0.1, within(1e-15));
    }

    @Provide
    Arbitrary<CompressorSpec> specs() {
        return Vectors.dimensions(3000).flatMap(Specs::layouts).flatMap(Specs::any);
    }

    @Provide
    Arbitrary<Double> positive() {
        return Arbitraries.oneOf(
                        Arbitraries.longs().map(bits -> Math.abs(Double.longBitsToDouble(bits))),
                        Arbitraries.doubles().between(0, 1e20))
                .filter(x -> x > 0 && Double.isFinite(x));
    }
}
