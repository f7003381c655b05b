package io.evenkeel.cli.rollouts;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.command.JsonObject;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Creates a roll-out. */
@Command(
        name = "create",
        description = {
            "Creates a roll-out of a version, which starts immediately unless it requires approval.",
            "Example: evenkeel rollouts create digits 4 --group 5%% --group 25%% --group 100%% --metric accuracy:0.01"
        })
final class CreateRolloutCommand extends ApiCommand {

    @Parameters(index = "0", paramLabel = "MODEL", description = "The registered model's name.")
    @SuppressWarnings("NullAway.Init")
    private String model;

    @Parameters(index = "1", paramLabel = "VERSION", description = "The version's number.")
    private int version;

    @Option(
            names = "--alias",
            paramLabel = "ALIAS",
            description = "The alias whose devices get it (default: production).")
    private String alias = "production";

    @Option(
            names = "--group",
            paramLabel = "RULE",
            description =
                    "A group: a share such as 5%%, a number of devices such as 100, or a selector such as region=eu;"
                            + " can be given up to 20 times (default: 5%%, 25%%, 100%%).")
    private List<String> groups = new ArrayList<>();

    @Option(names = "--selector", paramLabel = "SELECTOR", description = "Only devices that this chooses take part.")
    private @Nullable String selector;

    @Option(
            names = "--seen-within",
            paramLabel = "DURATION",
            description = "Devices seen within this time when a group opens count as alive (default: 7d).")
    private @Nullable Duration seenWithin;

    @Option(
            names = "--metric",
            paramLabel = "NAME:MARGIN[:lower]",
            description =
                    "A metric that may be worse by at most this margin; ':lower' if lower values are better; can be"
                            + " given up to 8 times.")
    private List<String> metrics = new ArrayList<>();

    @Option(
            names = "--confidence",
            paramLabel = "P",
            description = "Confidence of the metrics' one-sided bounds (default: 0.95).")
    private @Nullable Double confidence;

    @Option(
            names = "--reports",
            paramLabel = "N",
            description = "The minimum number of reports of a group (default: 10).")
    private @Nullable Integer reports;

    @Option(
            names = "--coverage",
            paramLabel = "SHARE",
            description = "Share of a group's living devices that must have reported for it to pass, 0 for any number"
                    + " (default: 0.5).")
    private @Nullable Double coverage;

    @Option(
            names = "--success",
            paramLabel = "SHARE",
            description = "Share of reports that must be successes for a group to pass (default: 0.95).")
    private @Nullable Double success;

    @Option(
            names = "--error",
            paramLabel = "SHARE",
            description = "Share of failures above which it stops (default: 0.05).")
    private @Nullable Double error;

    @Option(
            names = "--min-time",
            paramLabel = "DURATION",
            description = "The minimum time that a group stays open (default: 0s).")
    private @Nullable Duration minTime;

    @Option(
            names = "--group-time",
            paramLabel = "DURATION",
            description = "The maximum time for a group to pass (default: 1d).")
    private @Nullable Duration groupTime;

    @Option(
            names = "--on-timeout",
            paramLabel = "RULE",
            description = "What happens if it does not pass: pause, stop or continue (default: pause).")
    private @Nullable String onTimeout;

    @Option(
            names = "--approval",
            description = "Start only after another operator has approved it; also protects the alias.")
    private boolean approval;

    @Option(names = "--description", paramLabel = "TEXT", description = "What it is for.")
    private @Nullable String description;

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        JsonNode created = client.post(ApiPath.of("rollouts"), wish());
        output.print(created, page -> RolloutText.lines(created, page));
        return 0;
    }

    private ObjectNode wish() {
        List<String> rules = groups.isEmpty() ? List.of("5%", "25%", "100%") : groups;
        return new JsonObject()
                .put("model", model)
                .put("version", version)
                .put("alias", alias)
                .put("description", description)
                .put("selector", selector)
                .put("seenWithin", seenWithin)
                .put("groups", rules.stream().map(RolloutRules::group).toList())
                .put("reports", reports)
                .put("coverage", coverage)
                .put("success", success)
                .put("error", error)
                .put(
                        "metrics",
                        metrics.isEmpty()
                                ? null
                                : metrics.stream()
                                        .map(rule -> RolloutRules.metric(rule, confidence))
                                        .toList())
                .put("minTime", minTime)
                .put("groupTime", groupTime)
                .put("onTimeout", onTimeout)
                .put("approval", approval ? true : null)
                .node();
    }
}
