package io.evenkeel.coordinator.message;

import java.util.List;
import java.util.random.RandomGenerator;

/** Texts that parsers of numbers, durations, names and headers often mishandle. */
final class OddText {

    private static final List<String> ALL = List.of(
            "",
            " ",
            "-1",
            "0",
            "1",
            "2",
            "-0",
            "1.5",
            "0x1",
            "1e308",
            "1e309",
            "-1e309",
            "1e-400",
            "NaN",
            "Infinity",
            "null",
            "true",
            "2147483647",
            "2147483648",
            "-2147483648",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775808",
            "9".repeat(300),
            "latest",
            "me",
            "float64",
            "raw",
            "npy",
            "-1s",
            "61s",
            "999999999d",
            "PT9223372036854775807S",
            "PT-1S",
            "P-1D",
            "P1Y",
            "\u0000",
            "a\u0000b",
            "\n",
            "\r\nX: y",
            "\t",
            "\u001b[31m",
            "\u007f",
            "\u0085",
            "\u2028",
            "\u202e",
            "\ufeff",
            "\ufffd",
            "\ud83d\ude00",
            "\ud800",
            "é",
            "%",
            "%00",
            "%2f",
            "'",
            "\"",
            "\\",
            ";",
            ":",
            "::",
            ",",
            "*",
            "(1,)",
            "..",
            "a/b",
            "<script>",
            "' OR 1=1 --",
            "a".repeat(64),
            "a".repeat(65),
            "b".repeat(5_000));

    /** Texts that are valid waiting times; the clock of a test stands still while a request waits. */
    private static final List<String> WAITS = List.of("61s", "999999999d", "PT9223372036854775807S");

    private OddText() {}

    static String pickNoWait(RandomGenerator random) {
        String text = pick(random);
        return WAITS.contains(text) ? "" : text;
    }

    static String pick(RandomGenerator random) {
        return ALL.get(random.nextInt(ALL.size()));
    }
}
