package io.evenkeel.coordinator.world;

import io.evenkeel.client.Request;
import io.evenkeel.client.Response;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.wire.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** All receipts that a coordinator gave, whether they arrived or not, and what was sent for them. Not thread-safe. */
final class Acceptances {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern MESSAGE = Pattern.compile(".*/rounds/([0-9]+)/messages/me(\\?.*)?");

    private final Map<String, Accepted> byPlace = new HashMap<>();

    /**
     * A message with a receipt.
     *
     * @param device the sender, from 0
     * @param recoveries how often the sender had recovered its state from the coordinator when it sent this first
     * @param sequence its number among the sender's messages, from 1
     * @param round the round whose model it was computed on
     * @param includedIn the round that adds it
     * @param digest its digest
     * @param message what was sent
     */
    record Accepted(
            int device, int recoveries, int sequence, int round, int includedIn, String digest, Message message) {

        boolean isSameAs(Accepted other) {
            return round == other.round && includedIn == other.includedIn && digest.equals(other.digest);
        }

        @Override
        public String toString() {
            return "message " + sequence + " of device " + device + " for round " + round + ", included in "
                    + includedIn + ", digest " + digest;
        }
    }

    /**
     * Takes down a receipt, if the response has one.
     *
     * @throws AssertionError if it contradicts an earlier one
     */
    void note(int device, int recoveries, Request request, Response response) {
        Accepted now = accepted(device, recoveries, request, response);
        if (now == null) {
            return;
        }
        Accepted before = byPlace.putIfAbsent(device + "/" + now.sequence(), now);
        if (before != null && !before.isSameAs(now)) {
            throw new AssertionError("two receipts for one message: " + before + "; " + now);
        }
    }

    private static @Nullable Accepted accepted(int device, int recoveries, Request request, Response response) {
        Matcher message = MESSAGE.matcher(request.uri().toString());
        byte[] body = request.body();
        if (!request.method().equals("PUT") || !response.isSuccess() || body == null || !message.matches()) {
            return null;
        }
        if (!TestDevice.BINARY.equals(request.headers().get("Content-Type"))) {
            throw new AssertionError("a message in another format: " + request.headers());
        }
        String first = new String(response.body(), StandardCharsets.UTF_8)
                .lines()
                .findFirst()
                .orElseThrow();
        JsonNode receipt = JSON.readTree(first);
        return new Accepted(
                device,
                recoveries,
                receipt.get("sequence").asInt(),
                receipt.get("round").asInt(),
                receipt.get("includedIn").asInt(),
                receipt.get("digest").asString(),
                Message.decode(body, FrameLimits.of(WorldRun.DIMENSION)));
    }

    /** Returns the messages that a round adds, in the order of the members and of each member's messages. */
    List<Accepted> of(int round) {
        List<Accepted> included = new ArrayList<>();
        byPlace.values().stream()
                .filter(message -> message.includedIn() == round)
                .forEach(included::add);
        included.sort(Comparator.comparingInt(Accepted::device).thenComparingInt(Accepted::sequence));
        return included;
    }
}
