package io.evenkeel.coordinator.fleet;

import io.evenkeel.coordinator.access.Credential;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.selection.SqlCondition;
import io.evenkeel.engine.selection.Attributes;
import io.evenkeel.engine.selection.DottedVersion;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The tables {@code profile} and {@code profile_value}. Works in the caller's transaction, unless a method says otherwise. */
@Component
class ProfileTable {

    /** The key of {@link Profile#NONE}, which always exists. */
    static final long NONE = 0;

    private final JdbcTemplate batches;
    private final JdbcClient jdbc;
    private final JsonMapper json;

    ProfileTable(JdbcTemplate jdbc, JsonMapper json) {
        this.batches = jdbc;
        this.jdbc = JdbcClient.create(jdbc);
        this.json = json;
    }

    /**
     * Returns the key of a profile; inserts it if it does not exist.
     *
     * @throws org.springframework.dao.DataIntegrityViolationException if another transaction inserts it at the same time; repeat the
     *     transaction
     */
    long key(Profile profile) {
        if (profile.isEmpty()) {
            return NONE;
        }
        String attributes = encode(profile.attributes());
        String labels = encode(profile.labels());
        String digest = Credential.hash(attributes + labels);
        Optional<Long> present = find(digest);
        return present.isPresent() ? present.get() : insert(digest, attributes, labels, profile.visible());
    }

    private Optional<Long> find(String digest) {
        return jdbc.sql("SELECT id FROM profile WHERE digest = ?")
                .param(digest)
                .query(Long.class)
                .optional();
    }

    private long insert(String digest, String attributes, String labels, Attributes visible) {
        jdbc.sql("INSERT INTO profile (digest, attributes, labels) VALUES (?, ?, ?)")
                .params(digest, attributes, labels)
                .update();
        long key = find(digest).orElseThrow();
        batches.batchUpdate(
                "INSERT INTO profile_value (profile_id, name, text, version) VALUES (?, ?, ?, ?)",
                visible.values().entrySet().stream()
                        .map(entry -> new Object[] {
                            key,
                            entry.getKey(),
                            entry.getValue(),
                            DottedVersion.of(entry.getValue())
                                    .map(DottedVersion::sortKey)
                                    .orElse(null)
                        })
                        .toList());
        return key;
    }

    /** Returns the given profiles by their keys. */
    Map<Long, Profile> profiles(Collection<Long> keys) {
        return profiles(jdbc.sql(
                        "SELECT p.id, p.attributes, p.labels FROM UNNEST(CAST(? AS BIGINT ARRAY)) AS wanted(id)"
                                + " JOIN profile p ON p.id = wanted.id")
                .param(new SqlArrayValue("BIGINT", keys.stream().distinct().toArray())));
    }

    /**
     * Returns the profiles of the given devices by the profiles' keys, in one statement: between two
     * statements, a device could leave a profile, which would then be deleted.
     *
     * @param devices a condition on the table {@code client c}
     */
    Map<Long, Profile> ofDevices(SqlCondition devices) {
        return profiles(jdbc.sql("SELECT p.id, p.attributes, p.labels FROM profile p WHERE p.id IN"
                        + " (SELECT c.profile_id FROM client c WHERE " + devices.text() + ")")
                .params(devices.parameters()));
    }

    private Map<Long, Profile> profiles(JdbcClient.StatementSpec query) {
        return query
                .query((row, i) ->
                        Map.entry(row.getLong(1), new Profile(decode(row.getString(2)), decode(row.getString(3)))))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** Returns the values for a key, by profile. */
    Map<Long, String> values(String key) {
        Map<Long, String> values = new HashMap<>();
        jdbc.sql("SELECT profile_id, text FROM profile_value WHERE name = ?")
                .param(key)
                .query(row -> {
                    values.put(row.getLong(1), row.getString(2));
                });
        return values;
    }

    /** Returns whether another device has the given value for a key. */
    boolean isShared(String key, String value, String client) {
        return jdbc.sql("SELECT EXISTS (SELECT 1 FROM profile_value v JOIN client c ON c.profile_id = v.profile_id"
                        + " WHERE v.name = ? AND v.text = ? AND c.id <> ?)")
                .params(key, value, client)
                .query(Boolean.class)
                .single();
    }

    /** Deletes a profile that no device uses, in a separate transaction. */
    void deleteIfUnused(long key, DurableTransactions transactions) {
        if (key == NONE) {
            return;
        }
        try {
            transactions.writeLazily(() -> jdbc.sql("DELETE FROM profile WHERE id = :key"
                            + " AND NOT EXISTS (SELECT 1 FROM client c WHERE c.profile_id = :key)")
                    .param("key", key)
                    .update());
        } catch (DataIntegrityViolationException takenMeanwhile) {
            // Another device has started to use it.
        }
    }

    private String encode(Attributes attributes) {
        return json.writeValueAsString(attributes.values());
    }

    private Attributes decode(String text) {
        return new Attributes(json.readValue(text, new TypeReference<TreeMap<String, String>>() {}));
    }

    /**
     * Parses and checks untrusted JSON.
     *
     * @throws tools.jackson.core.JacksonException if it is not an object of strings
     * @throws io.evenkeel.engine.problem.ProblemException {@code invalid}
     */
    Attributes checked(String field, String text) {
        return Attributes.checked(
                field, json.readValue(text, new TypeReference<TreeMap<String, @Nullable String>>() {}));
    }
}
