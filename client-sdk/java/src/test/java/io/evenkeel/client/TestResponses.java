package io.evenkeel.client;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.jr.ob.JSON;

/** Reads requests and creates responses as a coordinator does. */
public final class TestResponses {

    private TestResponses() {}

    /** Returns the parameters of the query. */
    static Map<String, String> query(Request request) {
        Map<String, String> query = new TreeMap<>();
        String text = request.uri().getQuery();
        for (String pair : text == null ? new String[0] : text.split("&")) {
            query.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
        }
        return query;
    }

    public static Map<String, Object> json(byte @Nullable [] body) {
        return JSON.std.mapFrom(new String(body == null ? new byte[0] : body, StandardCharsets.UTF_8));
    }

    public static Response json(int status, Map<String, ?> fields) {
        return json(status, "application/json", fields);
    }

    private static Response json(int status, String type, Map<String, ?> fields) {
        byte[] body = JSON.std
                .with(JSON.Feature.WRITE_NULL_PROPERTIES)
                .asString(fields)
                .getBytes(StandardCharsets.UTF_8);
        return new Response(status, Map.of("Content-Type", List.of(type)), body);
    }

    /** Returns a problem document (RFC 9457). */
    public static Response problem(int status, String slug, String detail) {
        return json(
                status,
                "application/problem+json",
                Map.of(
                        "type",
                        "urn:evenkeel:problem:" + slug,
                        "title",
                        "Test problem",
                        "status",
                        status,
                        "detail",
                        detail,
                        "action",
                        "do something"));
    }

    static Response bytes(byte[] body) {
        return new Response(200, Map.of("Content-Type", List.of("application/octet-stream")), body);
    }
}
