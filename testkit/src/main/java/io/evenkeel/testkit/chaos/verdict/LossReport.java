package io.evenkeel.testkit.chaos.verdict;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * A device's report, in an event of the run, of receipts for messages that a restored coordinator does not have.
 *
 * @param client the device's id
 * @param messages the number of these messages
 * @param firstRound the round of the first of them, from which the device continues
 */
public record LossReport(String client, int messages, int firstRound) {

    private static final String TYPE = "history.lost";
    private static final Pattern DETAIL =
            Pattern.compile("client (\\S+) reports .* does not have: (\\d+), of rounds (\\d+) to \\d+;.*");

    /**
     * Reads the reports among a run's events.
     *
     * @throws IllegalArgumentException if such an event does not name the device, the messages and their rounds
     */
    public static List<LossReport> among(List<JsonNode> events) {
        List<LossReport> reports = new ArrayList<>();
        for (JsonNode event : events) {
            if (event.path("type").asString().equals(TYPE)) {
                reports.add(parse(event.path("detail").asString("")));
            }
        }
        return reports;
    }

    private static LossReport parse(String detail) {
        Matcher parts = DETAIL.matcher(detail);
        if (!parts.matches()) {
            throw new IllegalArgumentException("the event does not say what is lost: " + detail);
        }
        return new LossReport(parts.group(1), Integer.parseInt(parts.group(2)), Integer.parseInt(parts.group(3)));
    }

    /**
     * Compares the reports of all devices with the actual losses.
     *
     * @param lost the number of messages that were lost with a receipt
     * @param uncertain the number of these receipts that may not have reached their devices
     * @return the difference in one sentence; empty if there is none
     */
    public static List<String> compare(List<LossReport> reports, int lost, int uncertain) {
        int reported = reports.stream().mapToInt(LossReport::messages).sum();
        return reported <= lost && reported >= lost - uncertain
                ? List.of()
                : List.of("wrong loss: devices reported " + reported + " lost messages, and " + lost
                        + " messages with receipts were lost, of which at most " + uncertain
                        + " devices do not know");
    }
}
