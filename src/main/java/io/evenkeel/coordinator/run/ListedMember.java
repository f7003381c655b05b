package io.evenkeel.coordinator.run;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A membership with what the fleet knows of its client, read by one query.
 *
 * @param member the membership
 * @param name the name the device gave itself
 * @param lastSeenAt when the device last sent a request, up to five minutes ago if it sends some now
 */
public record ListedMember(
        Member member, @Nullable String name, @Nullable Instant lastSeenAt) {}
