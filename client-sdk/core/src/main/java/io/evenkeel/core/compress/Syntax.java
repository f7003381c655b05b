package io.evenkeel.core.compress;

import io.evenkeel.core.catalogue.Entry;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Parses the texts of compressors. Error messages name the invalid part, its value, and the expected form. */
final class Syntax {

    /**
     * A kind of selection.
     *
     * @param read reads the parts of its text
     */
    private record Kind(Entry entry, Function<String[], Selection> read) {}

    private static final List<Kind> KINDS = List.of(
            new Kind(Selection.Identity.ENTRY, parts -> new Selection.Identity()),
            new Kind(Selection.TopK.ENTRY, parts -> new Selection.TopK(amount(parts))),
            new Kind(Selection.RandK.ENTRY, parts -> new Selection.RandK(amount(parts))),
            new Kind(
                    Selection.BlockTopK.ENTRY,
                    parts -> new Selection.BlockTopK(
                            integer(parts[1], "block length", "an integer such as 64"), amount(parts))),
            new Kind(Selection.LayerTopK.ENTRY, parts -> new Selection.LayerTopK(amount(parts))),
            new Kind(Selection.Threshold.ENTRY, parts -> new Selection.Threshold(lambda(parts[1]))));

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

    /** Returns the entries of the selections. */
    static List<Entry> selections() {
        return KINDS.stream().map(Kind::entry).collect(Collectors.toList());
    }

    private static Selection selection(String text) {
        String[] parts = text.split(":", -1);
        Kind kind = KINDS.stream()
                .filter(one -> one.entry.name().equals(parts[0]))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the selection is '" + parts[0] + "', expected one of "
                        + KINDS.stream().map(one -> one.entry.form()).collect(Collectors.joining(", "))));
        if (parts.length != kind.entry.parameters().size() + 1) {
            throw new IllegalArgumentException(
                    "the selection is '" + text + "', expected the form " + kind.entry.form());
        }
        return kind.read.apply(parts);
    }

    /** Parses the last part, which is the amount. */
    private static Amount amount(String[] parts) {
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
