package io.evenkeel.testkit.chaos.run;

import io.evenkeel.client.Request;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The point in a device's round at which it crashes. */
public enum CrashPoint {
    /** The message is computed but not saved. */
    BEFORE_STAGING,
    /** The message is saved but not sent. */
    AFTER_STAGING,
    /** The device's keys are in the cohort. */
    AFTER_KEYS,
    AFTER_SHARES,
    /** The coordinator holds the device's masked vector. */
    AFTER_MASKED,
    /** The device has recorded that it reveals shares, but sent nothing. */
    BEFORE_REVEALS,
    AFTER_REVEALS,
    /** The message was accepted, but the receipt is lost with the device. */
    AFTER_SENDING,
    /** The receipt has arrived, but the state is not yet updated. */
    BEFORE_COMMIT,
    /** The state is updated, but nothing else has happened. */
    AFTER_COMMIT;

    private static final Set<CrashPoint> OF_COHORTS =
            EnumSet.of(AFTER_KEYS, AFTER_SHARES, AFTER_MASKED, BEFORE_REVEALS, AFTER_REVEALS);

    /** Returns the points that a device passes in a run. */
    public static List<CrashPoint> of(ChaosSettings settings) {
        return Stream.of(values())
                .filter(point -> settings.secure() || !OF_COHORTS.contains(point))
                .toList();
    }

    /** Returns the point after an accepted request; empty if there is none. */
    public static Optional<CrashPoint> after(Request request) {
        String path = request.uri().getPath();
        if (!request.method().equals("PUT")) {
            return Optional.empty();
        }
        if (path.endsWith("/messages/me")) {
            return Optional.of(AFTER_SENDING);
        }
        if (!path.contains("/attempts/")) {
            return Optional.empty();
        }
        String[] parts = path.split("/", -1);
        return switch (parts[parts.length - 2]) {
            case "keys" -> Optional.of(AFTER_KEYS);
            case "shares" -> Optional.of(AFTER_SHARES);
            case "masked" -> Optional.of(AFTER_MASKED);
            default -> Optional.of(AFTER_REVEALS);
        };
    }
}
