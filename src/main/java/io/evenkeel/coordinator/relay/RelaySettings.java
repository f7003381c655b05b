package io.evenkeel.coordinator.relay;

import static io.evenkeel.coordinator.platform.settings.SettingRule.require;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code evenkeel.relay}.
 *
 * @param upstream the address of the coordinator above, in whose run this coordinator is a member for its own devices; by default none
 * @param run the run there; the run of that name here follows it, and is created if there is none
 * @param enrolmentToken enrols this coordinator there, once
 * @param name how it is shown there; by default as it names itself
 * @param askEvery how often it asks there whether the round is still open, while its own round takes long, default 1 min
 * @param folder where it keeps what it has to know of its membership, to be backed up and moved with the database; by default
 *     {@code relay} in the folder of H2's file
 */
@ConfigurationProperties("evenkeel.relay")
public record RelaySettings(
        @Nullable URI upstream,
        @Nullable String run,
        @Nullable String enrolmentToken,
        @Nullable String name,
        @DefaultValue("1m") Duration askEvery,
        @Nullable String folder) {

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException if one is missing or cannot be used
     */
    public RelaySettings {
        run = orNull(run);
        enrolmentToken = orNull(enrolmentToken);
        name = orNull(name);
        require("relay.ask-every", askEvery.toMillis() > 0, askEvery, "more than 0");
        upstream = upstream == null || upstream.toString().isBlank() ? null : upstream;
        if (upstream == null) {
            require(
                    "relay.run",
                    run == null,
                    String.valueOf(run),
                    "evenkeel.relay.upstream, the address of its coordinator, beside it");
        } else {
            require(
                    "relay.upstream",
                    "http".equals(upstream.getScheme()) || "https".equals(upstream.getScheme()),
                    upstream,
                    "an address such as https://coordinator.example:8080");
            require("relay.run", run != null, "missing", "the name of the run at " + upstream);
        }
    }

    private static @Nullable String orNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }
}
