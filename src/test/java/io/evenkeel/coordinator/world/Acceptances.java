package io.evenkeel.coordinator.world;

import io.evenkeel.client.Request;
import io.evenkeel.client.Response;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.core.wire.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** All accepted messages, whether or not their receipts arrived. Not thread-safe. */
final class Acceptances {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern MESSAGE = Pattern.compile(".*/rounds/([0-9]+)/messages/me(\\?.*)?");

    private final Map<String, Accepted> byPlace = new HashMap<>();
    private Map<String, Accepted> saved = Map.of();

    /**
     * An accepted message.
     *
     * @param ordinal the sender's ordinal
     * @param recoveries the number of times that the sender had recovered its state from the coordinator when it first
     *     sent this message
     * @param round the round whose model the message was computed on
     * @param includedIn the round whose sum includes the message
     * @param digest the message's digest
     * @param message the sent message
     */
    record Accepted(int ordinal, int recoveries, int round, int includedIn, String digest, Message message) {

        boolean isSameAs(Accepted other) {
            return round == other.round && includedIn == other.includedIn && digest.equals(other.digest);
        }

        @Override
        public String toString() {
            return "message " + message.sequence() + " of member " + ordinal + " for round " + round + ", included in "
                    + includedIn + ", digest " + digest;
        }
    }

    /**
     * Checks a receipt.
     *
     * @param response a successful response
     * @throws AssertionError if the receipt is for another message, or for one that does not count
     */
    void check(Request request, Response response) {
        String first = new String(response.body(), StandardCharsets.UTF_8)
                .lines()
                .findFirst()
                .orElseThrow();
        JsonNode receipt = JSON.readTree(first);
        Accepted given = accepted(-1, 0, request, receipt.get("includedIn").asInt());
        if (receipt.get("sequence").asLong() != given.message().sequence()
                || !receipt.get("digest").asString().equals(given.digest())) {
            throw new AssertionError("a receipt of another message for " + given + ": " + receipt);
        }
        if (byPlace.values().stream().noneMatch(given::isSameAs)) {
            throw new AssertionError("a receipt of a message that does not count: " + receipt);
        }
    }

    /**
     * Records a message that counts.
     *
     * @param ordinal the sender's ordinal
     * @throws AssertionError if another message with this ordinal and sequence counts
     */
    void note(int ordinal, int recoveries, Request request, int includedIn) {
        note(accepted(ordinal, recoveries, request, includedIn));
    }

    private void note(Accepted now) {
        String place = now.ordinal() + "/" + now.message().sequence();
        Accepted before = byPlace.putIfAbsent(place, now);
        if (before != null && !before.isSameAs(now)) {
            throw new AssertionError("two receipts for one message: " + before + "; " + now);
        }
        if (before != null && before.recoveries() < now.recoveries()) {
            // A device that lost its disk has computed the same message again, and continues from the new copy.
            byPlace.put(place, now);
        }
    }

    /** Returns whether a request sends a message. */
    static boolean isMessage(Request request) {
        return request.method().equals("PUT")
                && MESSAGE.matcher(request.uri().toString()).matches();
    }

    private static Accepted accepted(int ordinal, int recoveries, Request request, int includedIn) {
        Matcher message = MESSAGE.matcher(request.uri().toString());
        byte[] body = Objects.requireNonNull(request.body());
        if (!TestDevice.BINARY.equals(request.headers().get("Content-Type")) || !message.matches()) {
            throw new AssertionError("not a message: " + request);
        }
        return new Accepted(
                ordinal,
                recoveries,
                Integer.parseInt(message.group(1)),
                includedIn,
                Digest.toHex(Digest.of(body)),
                Message.decode(body, FrameLimits.of(WorldRun.DIMENSION)));
    }

    /** Saves the messages together with a backup of the database. */
    void save() {
        saved = Map.copyOf(byPlace);
    }

    /** Forgets the messages that are not in the backup. */
    void goBack() {
        byPlace.clear();
        byPlace.putAll(saved);
    }

    /** Returns the messages that a round adds, ordered by member and sequence. */
    List<Accepted> of(int round) {
        List<Accepted> included = new ArrayList<>();
        byPlace.values().stream()
                .filter(message -> message.includedIn() == round)
                .forEach(included::add);
        included.sort(Comparator.comparingInt(Accepted::ordinal)
                .thenComparingLong(message -> message.message().sequence()));
        return included;
    }
}
