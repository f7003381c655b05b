package io.evenkeel.coordinator.testing;

import io.evenkeel.coordinator.CoordinatorTest;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.TestPropertySource;

/**
 * A {@link CoordinatorTest} with short pauses, low limits, and features that are off by default. All such classes share
 * one coordinator, since its start takes longer than most tests. A setting that disturbs none of them belongs here.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@CoordinatorTest
@ContextConfiguration(initializers = SignInProvider.class)
@TestPropertySource(
        properties = {
            "spring.datasource.url=jdbc:h2:mem:settings;DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=10000",
            "evenkeel.management.port=0",
            "evenkeel.cdn.url=https://cdn.example/",
            "evenkeel.cdn.key=0123456789abcdef0123456789abcdef",
            "evenkeel.events.streams=4",
            "evenkeel.events.poll=20ms",
            "evenkeel.events.heartbeat=50ms",
            "evenkeel.webhooks.allow-private-addresses=true",
            "evenkeel.webhooks.poll=20ms",
            "evenkeel.webhooks.attempts=3",
            "evenkeel.webhooks.timeout=2s",
            // Runs are compacted and pruned as early as possible, but only when a test requests it.
            "evenkeel.retention.every=0",
            "evenkeel.retention.compaction-messages=3",
            "evenkeel.retention.compaction-bytes-per-parameter=0",
            "evenkeel.retention.checkpoints=2",
            "evenkeel.retention.models-every=8",
            "evenkeel.retention.updates=6",
            "evenkeel.retention.receipts=" + OtherSettings.RECEIPTS,
            "evenkeel.rounds.checkpoint-every=2",
            "evenkeel.oidc.role-claim=realm_access.roles",
            "evenkeel.oidc.name-claim=preferred_username",
            "evenkeel.oidc.client-id=evenkeel-console",
            "evenkeel.oidc.groups[0].name=team-a",
            "evenkeel.oidc.groups[0].role=operator",
            "evenkeel.oidc.groups[0].runs=fleet-a-*,shared",
            "evenkeel.oidc.groups[1].name=releases",
            "evenkeel.oidc.groups[1].role=viewer",
            "evenkeel.oidc.groups[1].rights=approve"
        })
public @interface OtherSettings {

    /** The number of rounds whose receipts are all kept. */
    int RECEIPTS = 6;
}
