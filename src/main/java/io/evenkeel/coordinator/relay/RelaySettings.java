package io.evenkeel.coordinator.relay;

import static io.evenkeel.coordinator.platform.settings.SettingRule.require;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code evenkeel.relay}.
 *
 * @param upstream the address of the coordinator above, in whose run this coordinator is a member for its own devices;
 *     default none
 * @param run the run there; the run of that name here follows it, and is created if it does not exist
 * @param enrolmentToken the token for enrolling this coordinator there, used once
 * @param name its name there; by default a generated one
 * @param models the registered models there that it mirrors here, each as {@code model@alias}, such as {@code
 *     digits@production}; default none
 * @param evaluationMin the minimum number of devices here that must answer an evaluation from above before their
 *     figures are sent there, default 5
 * @param askEvery how often it polls the coordinator above for models and roll-outs, and, while its own round is open,
 *     checks whether the round there is still open, default 1 min
 * @param folder the folder for the state of its membership, to be backed up and moved with the database; by default
 *     {@code relay} in the folder of H2's file
 */
@ConfigurationProperties("evenkeel.relay")
public record RelaySettings(
        @Nullable URI upstream,
        @Nullable String run,
        @Nullable String enrolmentToken,
        @Nullable String name,
        @DefaultValue List<String> models,
        @DefaultValue("5") int evaluationMin,
        @DefaultValue("1m") Duration askEvery,
        @Nullable String folder) {

    private static final String MIRRORED = "[a-z0-9-]{1,64}@[a-z0-9-]{1,64}";

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException if one is missing or cannot be used
     */
    public RelaySettings {
        run = orNull(run);
        enrolmentToken = orNull(enrolmentToken);
        name = orNull(name);
        models = models.stream()
                .map(String::strip)
                .filter(one -> !one.isEmpty())
                .distinct()
                .toList();
        models.forEach(one -> require(
                "relay.models",
                one.matches(MIRRORED),
                one,
                "model@alias, such as digits@production, separated by commas"));
        require("relay.ask-every", askEvery.toMillis() > 0, askEvery, "more than 0");
        require("relay.evaluation-min", evaluationMin >= 1, evaluationMin, "at least 1");
        upstream = upstream == null || upstream.toString().isBlank() ? null : upstream;
        if (upstream == null) {
            require(
                    "relay.run",
                    run == null,
                    String.valueOf(run),
                    "also evenkeel.relay.upstream, the address of its coordinator");
            require(
                    "relay.models",
                    models.isEmpty(),
                    models,
                    "also evenkeel.relay.upstream, the address of their coordinator");
        } else {
            require(
                    "relay.upstream",
                    "http".equals(upstream.getScheme()) || "https".equals(upstream.getScheme()),
                    upstream,
                    "an address such as https://coordinator.example:8080");
            require("relay.run", run != null, "missing", "the name of the run at " + upstream);
        }
    }

    /** Returns the configured folder, by default one in the data folder. */
    Path folderIn(Path data) {
        return folder == null ? data.resolve("relay") : Path.of(folder);
    }

    private static @Nullable String orNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }
}
