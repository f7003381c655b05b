package io.evenkeel.coordinator.message;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.Tuple;
import net.jqwik.api.sessions.JqwikSession;

/** JSON texts of any shape, with the coordinator's field names more often than others. */
final class RandomJson {

    private static final int SIZE = 50;

    private RandomJson() {}

    /** Returns {@code count} texts, which are the same at each call. */
    static List<byte[]> texts(int count) {
        List<byte[]> texts = new ArrayList<>();
        JqwikSession.run(() -> {
            Random random = new Random(1);
            RandomGenerator<String> generator = value(3).generator(SIZE);
            for (int i = 0; i < count; i++) {
                texts.add(generator.next(random).value().getBytes(StandardCharsets.UTF_8));
            }
        });
        return texts;
    }

    private static Arbitrary<String> value(int depth) {
        Arbitrary<String> leaf = Arbitraries.oneOf(
                Arbitraries.of(
                        "null", "true", "false", "0", "-0", "1", "-1", "0.5", "1e308", "1e999", "2147483648", "\"\""),
                Arbitraries.longs().map(String::valueOf),
                Arbitraries.doubles().map(String::valueOf),
                name(),
                Arbitraries.strings().ofMaxLength(20).map(RandomJson::quote));
        if (depth == 0) {
            return leaf;
        }
        Arbitrary<String> inner = value(depth - 1);
        return Arbitraries.frequencyOf(
                Tuple.of(1, leaf),
                Tuple.of(1, inner.list().ofMaxSize(5).map(items -> "[" + String.join(",", items) + "]")),
                Tuple.of(
                        2,
                        Combinators.combine(name(), inner)
                                .as((name, item) -> name + ":" + item)
                                .list()
                                .ofMaxSize(6)
                                .map(items -> items.stream().collect(Collectors.joining(",", "{", "}")))));
    }

    private static Arbitrary<String> name() {
        return Arbitraries.of(
                        "name",
                        "token",
                        "uses",
                        "expiresIn",
                        "run",
                        "description",
                        "role",
                        "weight",
                        "dimension",
                        "tensors",
                        "shape",
                        "algorithm",
                        "compressor",
                        "rounds",
                        "gamma",
                        "participants",
                        "min",
                        "max",
                        "time",
                        "sampling",
                        "staleness")
                .map(RandomJson::quote);
    }

    private static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x20 || c == '"' || c == '\\') {
                quoted.append("\\u%04x".formatted((int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
