package io.evenkeel.operator;

import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Replaces requests of the API in a coordinator's advice by the commands that send them. */
final class CommandHints {

    private static final Pattern REQUEST =
            Pattern.compile("(GET|POST) /api/v1/([a-z-]+)(?:/([^/\\s',;:]+))?(?:/([a-z]+))?(?:/[^\\s',;:]*)?");

    /** The commands' groups that have another name than the API's collections. */
    private static final Map<String, String> GROUPS =
            Map.of("clients", "devices", "enrolment-tokens", "tokens", "access-tokens", "tokens", "audit-log", "log");

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
