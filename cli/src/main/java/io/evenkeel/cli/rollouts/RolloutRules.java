package io.evenkeel.cli.rollouts;

import io.evenkeel.operator.terminal.CommandFailure;
import io.evenkeel.operator.terminal.ExitCode;
import java.math.BigDecimal;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads the rules of groups and metrics as a command line has them. The coordinator checks the values. */
final class RolloutRules {

    private static final Pattern SHARE = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,9})?)%");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
    private static final Pattern METRIC = Pattern.compile("([^:]+):(\\d{1,15}(?:\\.\\d{1,15})?)(:lower|:higher)?");

    private RolloutRules() {}

    static void groups(List<String> rules, ArrayNode groups) {
        for (String rule : rules) {
            Matcher share = SHARE.matcher(rule);
            if (share.matches()) {
                groups.addObject()
                        .put(
                                "share",
                                new BigDecimal(share.group(1)).movePointLeft(2).stripTrailingZeros());
            } else if (NUMBER.matcher(rule).matches()) {
                groups.addObject().put("devices", Integer.parseInt(rule));
            } else {
                groups.addObject().put("selector", rule);
            }
        }
    }

    static void metrics(List<String> rules, @Nullable Double confidence, ArrayNode metrics) {
        for (String rule : rules) {
            Matcher metric = METRIC.matcher(rule);
            if (!metric.matches()) {
                throw new CommandFailure(
                        ExitCode.USAGE,
                        "--metric is '" + rule
                                + "', expected a name and a margin, such as accuracy:0.01 or loss:0.05:lower");
            }
            ObjectNode node =
                    metrics.addObject().put("name", metric.group(1)).put("margin", new BigDecimal(metric.group(2)));
            if (metric.group(3) != null) {
                node.put("better", metric.group(3).substring(1));
            }
            if (confidence != null) {
                node.put("confidence", confidence);
            }
        }
    }
}
