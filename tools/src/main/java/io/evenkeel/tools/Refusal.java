package io.evenkeel.tools;

import io.evenkeel.tools.OperatorException.FieldFault;
import io.evenkeel.tools.terminal.ExitCode;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Converts the response to a refused request, a problem document (RFC 9457) or not, to an exception with a readable
 * message.
 */
final class Refusal {

    private static final String TYPES = "urn:evenkeel:problem:";
    private static final int MAX_QUOTE_LENGTH = 200;

    private Refusal() {}

    static OperatorException of(HttpResponse<?> response, byte[] content) {
        ExitCode exitCode = ExitCode.ofStatus(response.statusCode());
        Duration retryAfter = retryAfter(response);
        String body = new String(content, StandardCharsets.UTF_8);
        JsonNode problem = problem(body);
        if (!problem.path("title").isString() && !problem.path("detail").isString()) {
            return new OperatorException(exitCode, quote(response, body), "", retryAfter, List.of());
        }
        String type = problem.path("type").asString("");
        String slug = type.startsWith(TYPES) ? type.substring(TYPES.length()) : "";
        return new OperatorException(exitCode, text(problem), slug, retryAfter, faults(problem));
    }

    private static JsonNode problem(String body) {
        JsonMapper json = new JsonMapper();
        try {
            return json.readTree(body);
        } catch (JacksonException e) {
            return json.missingNode();
        }
    }

    /**
     * Returns the title, detail and action in one sentence, followed by a list of the faults if there are
     * several.
     */
    private static String text(JsonNode problem) {
        String title = problem.path("title").asString("");
        String detail = CommandHints.in(problem.path("detail").asString(""));
        String action = CommandHints.in(problem.path("action").asString(""));
        StringBuilder text = new StringBuilder(title);
        text.append(title.isEmpty() || detail.isEmpty() ? "" : ": ").append(detail);
        text.append(action.isEmpty() ? "" : "; " + action);
        JsonNode errors = problem.path("errors");
        if (errors.size() > 1) {
            for (JsonNode error : errors) {
                text.append("\n  ").append(error.path("field").asString(""));
                text.append(": ").append(error.path("message").asString(""));
            }
        }
        return text.toString();
    }

    private static List<FieldFault> faults(JsonNode problem) {
        List<FieldFault> faults = new ArrayList<>();
        for (JsonNode error : problem.path("errors")) {
            faults.add(new FieldFault(
                    error.path("field").asString(""), error.path("message").asString("")));
        }
        if (faults.isEmpty() && problem.path("field").isString()) {
            String field = problem.path("field").asString("");
            String detail = problem.path("detail").asString("").replaceAll(" \\(line \\d+, column \\d+\\)", "");
            faults.add(new FieldFault(field, detail.replaceFirst("^'" + Pattern.quote(field) + "' ", "")));
        }
        return faults;
    }

    private static String quote(HttpResponse<?> response, String body) {
        String start = body.strip();
        start = start.length() > MAX_QUOTE_LENGTH ? start.substring(0, MAX_QUOTE_LENGTH) + "…" : start;
        String request =
                response.request().method() + " " + response.request().uri().getPath();
        return request + " was answered " + response.statusCode()
                + (start.isEmpty() ? "" : ": " + start)
                + "; check that the address is a coordinator's";
    }

    private static Duration retryAfter(HttpResponse<?> response) {
        String text = response.headers().firstValue("Retry-After").orElse("");
        return text.matches("\\d{1,6}") ? Duration.ofSeconds(Long.parseLong(text)) : Duration.ZERO;
    }

    /** Replaces requests of the API in a coordinator's advice with the commands that send them. */
    static final class CommandHints {

        private static final Pattern REQUEST =
                Pattern.compile("(GET|POST) /api/v1/([a-z-]+)(?:/([^/\\s',;:]+))?(?:/([a-z]+))?(?:/[^\\s',;:]*)?");

        /** The command groups whose names differ from the API's collections. */
        private static final Map<String, String> GROUPS = Map.of(
                "clients", "devices", "enrolment-tokens", "tokens", "access-tokens", "tokens", "audit-log", "log");

        private CommandHints() {}

        static String in(String advice) {
            return REQUEST.matcher(advice)
                    .replaceAll(request -> Matcher.quoteReplacement(command(request)))
                    .replace("GET /openapi.json", "docs/cli.md");
        }

        private static String command(MatchResult request) {
            String group = GROUPS.getOrDefault(request.group(2), request.group(2));
            String name = request.group(3);
            if (request.group(1).equals("GET")) {
                return "'evenkeel " + group + (name == null ? " list'" : " show " + name + "'");
            }
            return name == null || request.group(4) == null
                    ? "'evenkeel " + group + " create'"
                    : "'evenkeel " + group + " " + request.group(4) + " " + name + "'";
        }
    }
}
