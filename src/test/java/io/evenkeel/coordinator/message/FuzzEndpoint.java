package io.evenkeel.coordinator.message;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;
import org.springframework.http.HttpMethod;

/**
 * An endpoint with valid requests and a way to damage them.
 *
 * @param path the path with valid variables in braces, such as {@code /api/v1/runs/{a}/rounds/{0}}
 * @param parameters valid values of all its query parameters
 * @param token the credentials that the endpoint accepts; empty for none
 * @param type the media type of its bodies; empty if it has none
 * @param bodies valid bodies
 * @param damage creates a damaged body from one of the valid bodies
 */
record FuzzEndpoint(
        HttpMethod method,
        String path,
        Map<String, String> parameters,
        String token,
        String type,
        List<byte[]> bodies,
        BiFunction<RandomGenerator, List<byte[]>, byte[]> damage) {

    private static final byte[] NONE = {};
    private static final List<String> HEADERS = List.of(
            "Accept",
            "Accept-Language",
            "Content-Type",
            "Authorization",
            "Idempotency-Key",
            "If-None-Match",
            "If-Modified-Since",
            "Range",
            "If-Range",
            "traceparent",
            "X-HTTP-Method-Override",
            "X-Forwarded-For");
    private static final List<String> HEADER_VALUES = List.of(
            "*/*",
            "application/x-npy, */*;q=0",
            "application/json;charset=nonsense",
            "application/json;q=2",
            "text/html",
            "Bearer ",
            "Bearer evk_op_\u00e9",
            "Basic Og==",
            "\"a\", W/\"b\", *",
            "bytes=0-0",
            "bytes=-1",
            "bytes=5-2",
            "bytes=0-9223372036854775808",
            "bytes=0-0,2-3,0-",
            "bytes=1-1,".repeat(200),
            "Thu, 01 Jan 1970 00:00:00 GMT",
            "00-0-0-00");

    FuzzEndpoint {
        // Makes the order the same in every JVM.
        parameters = new TreeMap<>(parameters);
    }

    /** Returns the same endpoint at another path. */
    FuzzEndpoint at(String other) {
        return new FuzzEndpoint(method, other, parameters, token, type, bodies, damage);
    }

    /** Returns a request with a damaged body, and sometimes other damage. */
    FuzzInput damagedBody(RandomGenerator random) {
        int other = random.nextInt(20);
        return input(random, other == 0 ? 3 : 0, other == 1 ? 3 : 0, other == 2, damage.apply(random, bodies));
    }

    /** Returns a request with a damaged path, query or headers. */
    FuzzInput damagedHead(RandomGenerator random) {
        byte[] body = bodies.isEmpty() ? NONE : bodies.get(random.nextInt(bodies.size()));
        return input(random, 8, 2, random.nextInt(3) == 0, body);
    }

    /**
     * Creates a request. One in {@code oddVariables} variables and one in {@code oddParameters} parameters has an
     * unusual value; 0 means none.
     */
    private FuzzInput input(
            RandomGenerator random, int oddVariables, int oddParameters, boolean oddHeaders, byte[] body) {
        StringBuilder uri = new StringBuilder();
        for (String piece : path.split("(?=\\{)|(?<=})", -1)) {
            boolean isVariable = piece.startsWith("{");
            String value = isVariable ? piece.substring(1, piece.length() - 1) : piece;
            uri.append(isVariable ? encode(isOdd(random, oddVariables) ? OddText.pick(random) : value) : value);
        }
        char separator = '?';
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            int times = random.nextInt(8) == 0 ? random.nextInt(3) : 1;
            for (int i = 0; i < times; i++) {
                String odd = isWait(parameter.getKey()) ? OddText.pickNoWait(random) : OddText.pick(random);
                String value = isOdd(random, oddParameters) ? odd : parameter.getValue();
                uri.append(separator).append(parameter.getKey()).append('=').append(encode(value));
                separator = '&';
            }
        }
        if (isOdd(random, 4 * oddParameters)) {
            uri.append(separator).append(encode(OddText.pick(random)));
        }
        return new FuzzInput(method, uri.toString(), headers(random, oddHeaders), body);
    }

    private Map<String, String> headers(RandomGenerator random, boolean odd) {
        Map<String, String> headers = new LinkedHashMap<>();
        if (!token.isEmpty()) {
            headers.put("Authorization", "Bearer " + token);
        }
        if (!type.isEmpty()) {
            headers.put("Content-Type", type);
        }
        if (odd) {
            String value = random.nextBoolean()
                    ? HEADER_VALUES.get(random.nextInt(HEADER_VALUES.size()))
                    : OddText.pick(random);
            headers.put(HEADERS.get(random.nextInt(HEADERS.size())), value);
        }
        return headers;
    }

    private static boolean isWait(String parameter) {
        return parameter.equals("wait");
    }

    private static boolean isOdd(RandomGenerator random, int oneIn) {
        return oneIn > 0 && random.nextInt(oneIn) == 0;
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
