package io.evenkeel.core.compress;

import java.util.OptionalDouble;

/** Parses the texts of compressors. Errors name the wrong part, its value, and what is expected. */
final class Syntax {

    private static final String SELECTIONS = "identity, top-k:<amount>, rand-k:<amount>, "
            + "block-top-k:<length>:<amount>, layer-top-k:<amount>, threshold:<lambda>";
    private static final String CODINGS = "float32, float64, bf16, natural, sign, log:4 to log:8";

    private Syntax() {}

    static CompressorSpec spec(String text) {
        int plus = text.indexOf('+');
        if (plus < 0) {
            if (text.equals("natural") || text.equals("sign") || text.startsWith("log:")) {
                return new CompressorSpec(new Selection.Identity(), coding(text));
            }
            return new CompressorSpec(selection(text), ValueCoding.FLOAT32);
        }
        return new CompressorSpec(selection(text.substring(0, plus)), coding(text.substring(plus + 1)));
    }

    private static ValueCoding coding(String text) {
        for (ValueCoding coding : ValueCoding.values()) {
            if (coding.text().equals(text)) {
                return coding;
            }
        }
        throw new IllegalArgumentException("the value coding is '" + text + "', expected one of " + CODINGS);
    }

    private static Selection selection(String text) {
        String[] parts = text.split(":", -1);
        return switch (parts[0]) {
            case "identity" -> {
                expect(parts, "identity");
                yield new Selection.Identity();
            }
            case "top-k" -> new Selection.TopK(amount(parts, "top-k:<amount>"));
            case "rand-k" -> new Selection.RandK(amount(parts, "rand-k:<amount>"));
            case "layer-top-k" -> new Selection.LayerTopK(amount(parts, "layer-top-k:<amount>"));
            case "block-top-k" -> {
                Amount amount = amount(parts, "block-top-k:<length>:<amount>");
                yield new Selection.BlockTopK(integer(parts[1], "block length", "an integer such as 64"), amount);
            }
            case "threshold" -> {
                expect(parts, "threshold:<lambda>");
                yield new Selection.Threshold(lambda(parts[1]));
            }
            default ->
                throw new IllegalArgumentException(
                        "the selection is '" + parts[0] + "', expected one of " + SELECTIONS);
        };
    }

    private static void expect(String[] parts, String form) {
        if (parts.length != form.split(":", -1).length) {
            throw new IllegalArgumentException(
                    "the selection is '" + String.join(":", parts) + "', expected the form " + form);
        }
    }

    /** Reads the last part. */
    private static Amount amount(String[] parts, String form) {
        expect(parts, form);
        String text = parts[parts.length - 1];
        if (text.contains(".")) {
            OptionalDouble share = Decimal.parse(text);
            if (share.isPresent()) {
                return new Amount.Share(share.getAsDouble());
            }
        }
        return new Amount.Count(integer(text, "amount", Amount.EXPECTED));
    }

    private static int integer(String text, String part, String expected) {
        if (!text.matches("[0-9]+")) {
            throw new IllegalArgumentException("the " + part + " is '" + text + "', expected " + expected);
        }
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "the " + part + " is " + text + ", expected at most " + Integer.MAX_VALUE, e);
        }
    }

    private static double lambda(String text) {
        return Decimal.parse(text)
                .orElseThrow(() -> new IllegalArgumentException(
                        "the threshold is '" + text + "', expected a positive finite number such as 0.001"));
    }
}
