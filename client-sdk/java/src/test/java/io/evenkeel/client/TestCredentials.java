package io.evenkeel.client;

import static io.evenkeel.client.TestResponses.json;
import static io.evenkeel.client.TestResponses.problem;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A test coordinator's enrolments and secrets. A secret stays valid forever. */
final class TestCredentials {

    /** The number of enrolled clients. */
    int enrolments;

    /** The last report of each client. */
    final Map<String, @Nullable Object> attributes = new TreeMap<>();

    private final Map<String, String> secrets = new TreeMap<>();
    private final Map<String, String> enrolled = new TreeMap<>();
    private int rotations;

    /** Returns the client that a request's token belongs to, or null if the token is unknown. */
    @Nullable
    String client(Request request) {
        return secrets.get(request.headers().getOrDefault("Authorization", ""));
    }

    Response enrol(Request request) {
        Object token = json(request.body()).get("token");
        if (!"evk_enrol_test".equals(token)) {
            return problem(403, "enrolment-token-unknown", "there is no such token");
        }
        String key = request.headers().getOrDefault("Idempotency-Key", "none " + enrolments);
        String client = enrolled.computeIfAbsent(key, fresh -> "c" + ++enrolments);
        attributes.put(client, json(request.body()).get("attributes"));
        return json(201, Map.of("client", client, "secret", register(client)));
    }

    /** Stores a client's attributes; rejects keys that begin with a space and an x. */
    Response report(String client, Request request) {
        Object reported = json(request.body()).get("attributes");
        if (String.valueOf(reported).contains(" x")) {
            return problem(422, "invalid", "attributes: key ' x' has characters that are not allowed");
        }
        attributes.put(client, reported);
        return new Response(204, Map.of(), new byte[0]);
    }

    /** Returns a new secret. */
    Response rotate(String client) {
        String secret = "evk_dev_" + client + "_rotated" + ++rotations;
        secrets.put("Bearer " + secret, client);
        return json(201, Map.of("client", client, "secret", secret));
    }

    /** Registers a client and returns its secret. */
    String register(String client) {
        String secret = "evk_dev_" + client + "_secret";
        secrets.put("Bearer " + secret, client);
        return secret;
    }
}
