package io.evenkeel.client.internal.device;

import io.evenkeel.client.internal.json.Json;
import io.evenkeel.client.internal.json.JsonException;
import io.evenkeel.client.internal.protocol.Coordinator;
import io.evenkeel.client.internal.protocol.Credentials;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reports the device's attributes when they differ from the last report, which is kept in the device's state.
 * Not thread-safe.
 */
public final class AttributeReporter {

    private static final String NAME = "attributes";

    private final Settings settings;
    private final Coordinator coordinator;
    private volatile String client = "";
    private @Nullable Map<String, Object> reported;

    public AttributeReporter(Settings settings, Coordinator coordinator) {
        this.settings = settings;
        this.coordinator = coordinator;
    }

    /** Sets the client id under which the device reports. */
    public void use(Credentials credentials) {
        client = credentials.client();
    }

    /** Returns the current attributes; empty if the device reports none. */
    Map<String, String> current() {
        return settings.attributes() == null
                ? Map.of()
                : new TreeMap<>(settings.attributes().get());
    }

    /** Forgets the attributes reported under another enrolment. */
    void forget() {
        reported = null;
        settings.store().delete(NAME);
    }

    /** Records the attributes reported with the enrolment. */
    void enrolled(Credentials credentials, Map<String, String> attributes) {
        if (settings.attributes() != null) {
            use(credentials);
            save(fields(attributes));
        }
    }

    /** Reports the attributes if they have changed. */
    public void report() throws InterruptedException {
        if (settings.attributes() == null) {
            return;
        }
        Map<String, String> now = current();
        Map<String, Object> fields = fields(now);
        if (!fields.equals(reported == null ? read() : reported)) {
            coordinator.report(now);
            save(fields);
        }
    }

    /** Returns the record to save: the attributes, the coordinator and the client id. */
    private Map<String, Object> fields(Map<String, String> attributes) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("endpoint", settings.endpoint().toString());
        fields.put("client", client);
        fields.put("attributes", attributes);
        return fields;
    }

    private void save(Map<String, Object> fields) {
        byte[] json = Json.write(fields);
        settings.store().write(NAME, out -> out.write(json));
        reported = fields;
    }

    /** Returns the saved record; an empty one if it cannot be read, so that the attributes are reported again. */
    private @Nullable Map<String, Object> read() {
        byte[] json = settings.store().read(NAME);
        try {
            return json == null ? null : Objects.requireNonNull(Json.parse(json));
        } catch (JsonException damaged) {
            return null;
        }
    }
}
