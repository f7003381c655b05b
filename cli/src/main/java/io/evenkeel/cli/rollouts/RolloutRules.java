package io.evenkeel.cli.rollouts;

import io.evenkeel.cli.command.JsonObject;
import io.evenkeel.tools.terminal.CommandFailure;
import io.evenkeel.tools.terminal.ExitCode;
import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Parses the rules of groups and metrics from the command line. The coordinator checks the values. */
final class RolloutRules {

    private static final Pattern SHARE = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,9})?)%");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
    private static final Pattern METRIC = Pattern.compile("([^:]+):(\\d{1,15}(?:\\.\\d{1,15})?)(:lower|:higher)?");

    private RolloutRules() {}

    static ObjectNode group(String rule) {
        Matcher share = SHARE.matcher(rule);
        if (share.matches()) {
            return JsonObject.of(
                    "share", new BigDecimal(share.group(1)).movePointLeft(2).stripTrailingZeros());
        }
        return NUMBER.matcher(rule).matches()
                ? JsonObject.of("devices", Integer.parseInt(rule))
                : JsonObject.of("selector", rule);
    }

    static ObjectNode metric(String rule, @Nullable Double confidence) {
        Matcher metric = METRIC.matcher(rule);
        if (!metric.matches()) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--metric is '" + rule
                            + "', expected a name and a margin, such as accuracy:0.01 or loss:0.05:lower");
        }
        String better = metric.group(3);
        return new JsonObject()
                .put("name", metric.group(1))
                .put("margin", new BigDecimal(metric.group(2)))
                .put("better", better == null ? null : better.substring(1))
                .put("confidence", confidence)
                .node();
    }
}
