package io.evenkeel.coordinator.fleet;

import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.selection.DeviceFilter;
import io.evenkeel.coordinator.selection.SqlCondition;
import io.evenkeel.engine.selection.Attributes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Labels all devices that match a filter. Devices with equal attributes and labels share a profile, so the
 * cost depends on the number of profiles, not of devices. All devices of a profile change in one transaction;
 * after a crash between profiles, repeating the request completes the work. Thread-safe.
 */
@Component
class BulkLabelling {

    /**
     * The maximum number of passes. A further pass covers devices that have reported new attributes in the
     * meantime, and so have other profiles.
     */
    private static final int MAX_PASSES = 10;

    private final ClientQuery clients;
    private final ProfileTable profiles;
    private final DurableTransactions transactions;
    private final JdbcClient jdbc;

    BulkLabelling(ClientQuery clients, ProfileTable profiles, DurableTransactions transactions, JdbcClient jdbc) {
        this.clients = clients;
        this.profiles = profiles;
        this.transactions = transactions;
        this.jdbc = jdbc;
    }

    /**
     * The number of labelled devices.
     *
     * @param changed the number of devices whose labels changed, or would change
     */
    record Outcome(long changed) {}

    /**
     * Adds, replaces and, where the value is null, removes labels of all devices that match a filter.
     *
     * @throws io.evenkeel.engine.problem.ProblemException {@code invalid}, before any device is changed;
     *     later only if another request labels the same devices concurrently
     */
    Outcome label(DeviceFilter filter, Map<String, @Nullable String> changes) {
        long changed = 0;
        Map<Long, Profile> left = changes(filter, changes);
        for (int pass = 0; pass < MAX_PASSES && !left.isEmpty(); pass++) {
            for (Map.Entry<Long, Profile> change : left.entrySet()) {
                changed += move(filter, change.getKey(), change.getValue());
            }
            left = changes(filter, changes);
        }
        return new Outcome(changed);
    }

    /** Counts the devices that {@link #label} would change. */
    Outcome wouldLabel(DeviceFilter filter, Map<String, @Nullable String> changes) {
        SqlCondition devices = devices(filter, SqlCondition.ALWAYS);
        Map<Long, Profile> planned = changes(filter, changes);
        return new Outcome(transactions.read(() -> planned.keySet().stream()
                .mapToLong(profile -> jdbc.sql(
                                "SELECT COUNT(*) FROM client c WHERE c.profile_id = :profile AND " + devices.text())
                        .params(devices.parameters())
                        .param("profile", profile)
                        .query(Long.class)
                        .single())
                .sum()));
    }

    /** Returns the new profile for each profile that must change. */
    private Map<Long, Profile> changes(DeviceFilter filter, Map<String, @Nullable String> changes) {
        SqlCondition chosen = devices(filter, SelectorConditions.of("c.profile_id", filter.selector()));
        Map<Long, Profile> known = transactions.read(() -> profiles.ofDevices(chosen));
        Map<Long, Profile> changed = new LinkedHashMap<>();
        known.forEach((key, profile) -> {
            Attributes labels = Attributes.checked("labels", profile.labels().patched(changes));
            if (!labels.equals(profile.labels())) {
                changed.put(key, new Profile(profile.attributes(), labels));
            }
        });
        return changed;
    }

    /** Returns the condition for the devices to label, which excludes erased ones. */
    private SqlCondition devices(DeviceFilter filter, SqlCondition chosen) {
        return SqlCondition.all(
                List.of(clients.condition(filter, chosen), new SqlCondition("c.secret_hash <> ''", Map.of())));
    }

    private long move(DeviceFilter filter, long before, Profile after) {
        long moved;
        try {
            moved = transactions.write(() -> moveOnce(filter, before, after));
        } catch (DataIntegrityViolationException sameProfileAtOnce) {
            moved = transactions.write(() -> moveOnce(filter, before, after));
        }
        profiles.deleteIfUnused(before, transactions);
        return moved;
    }

    private long moveOnce(DeviceFilter filter, long before, Profile after) {
        SqlCondition devices = devices(filter, SqlCondition.ALWAYS);
        return jdbc.sql("UPDATE client c SET profile_id = :after WHERE c.profile_id = :before AND " + devices.text())
                .params(devices.parameters())
                .param("before", before)
                .param("after", profiles.key(after))
                .update();
    }
}
