package io.evenkeel.client.internal.state;

import io.evenkeel.client.StateStore;
import io.evenkeel.client.internal.json.Json;
import io.evenkeel.client.internal.json.JsonException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A report on a roll-out, kept in the device's state until the coordinator has received it.
 *
 * @param rollout the roll-out's id
 * @param body the body of the request
 */
public record PendingReport(String rollout, Map<String, Object> body) {

    private static final String ROLLOUT = "rollout";
    private static final String BODY = "body";

    /** Reads the report; null if there is none, or it is damaged. */
    @SuppressWarnings("unchecked")
    public static @Nullable PendingReport read(StateStore store, String model, String alias) {
        byte[] piece = store.read(name(model, alias));
        if (piece == null) {
            return null;
        }
        try {
            Map<String, Object> fields = Json.parse(piece);
            return fields.get(ROLLOUT) instanceof String rollout && fields.get(BODY) instanceof Map<?, ?> body
                    ? new PendingReport(rollout, (Map<String, Object>) body)
                    : null;
        } catch (JsonException e) {
            return null;
        }
    }

    private static String name(String model, String alias) {
        return ".rollout." + model + "." + alias;
    }

    /** Stores the report; replaces an earlier one. */
    public void write(StateStore store, String model, String alias) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put(ROLLOUT, rollout);
        fields.put(BODY, body);
        byte[] json = Json.write(fields);
        store.write(name(model, alias), out -> out.write(json));
    }

    /** Deletes the report. */
    public static void delete(StateStore store, String model, String alias) {
        store.delete(name(model, alias));
    }

    /**
     * Returns whether it wrongly reports a version as installed: the device stopped before it had stored the version.
     */
    public boolean isPremature(@Nullable StoredVersion stored) {
        return "installed".equals(body.get("outcome"))
                && (stored == null || !Integer.valueOf(stored.number()).equals(body.get("version")));
    }
}
