package io.evenkeel.client.internal.device;

import io.evenkeel.client.ClientListener;
import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.StateException;
import io.evenkeel.client.StateStore;
import io.evenkeel.client.internal.json.Json;
import io.evenkeel.client.internal.json.JsonException;
import io.evenkeel.client.internal.protocol.Coordinator;
import io.evenkeel.client.internal.protocol.Credentials;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Provides the device's credentials: configured, saved, or obtained once with an enrolment token and saved. */
public final class CredentialsSource {

    public static final String NAME = "credentials";

    private final Settings settings;
    private final AttributeReporter attributes;
    private final ClientListener listener;

    public CredentialsSource(Settings settings, AttributeReporter attributes, ClientListener listener) {
        this.settings = settings;
        this.attributes = attributes;
        this.listener = listener;
    }

    public Credentials credentials(Coordinator coordinator) throws InterruptedException {
        if (settings.credentials() != null) {
            return settings.credentials();
        }
        Credentials saved = read(settings.store());
        if (saved != null) {
            return saved;
        }
        if (settings.enrolmentToken() == null) {
            throw new EvenkeelException(
                    settings.store().describe(NAME) + " does not exist yet, but there is no token to "
                            + "enrol with: ask an operator for one and set it with enrolmentToken(\"evk_enrol_...\")");
        }
        Map<String, String> reported = attributes.current();
        attributes.forget();
        Credentials fresh = coordinator.enrol(settings.enrolmentToken(), settings.name(), reported);
        write(settings.store(), fresh);
        attributes.enrolled(fresh, reported);
        listener.enrolled(fresh.client());
        return fresh;
    }

    /** Requests a new secret from the coordinator, and saves it before using it. */
    public void rotate(Coordinator coordinator) throws InterruptedException {
        if (settings.credentials() != null) {
            throw new IllegalStateException(
                    "the credentials were set with credentials(...), so the client cannot change them: change them where they are stored, or let"
                            + " the device enrol");
        }
        coordinator.rotate(fresh -> write(settings.store(), fresh));
    }

    private void write(StateStore store, Credentials credentials) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("endpoint", settings.endpoint().toString());
        fields.put("client", credentials.client());
        fields.put("secret", credentials.secret());
        byte[] json = Json.write(fields);
        store.write(NAME, out -> out.write(json));
    }

    /** Returns the saved credentials, or null if there are none. */
    public static @Nullable Credentials read(StateStore store) {
        byte[] json = store.read(NAME);
        if (json == null) {
            return null;
        }
        try {
            Map<String, Object> fields = Json.parse(json);
            if (fields.get("client") instanceof String client && fields.get("secret") instanceof String secret) {
                return new Credentials(client, secret);
            }
        } catch (JsonException e) {
            throw new StateException(damaged(store), e);
        }
        throw new StateException(damaged(store));
    }

    private static String damaged(StateStore store) {
        return store.describe(NAME)
                + " is damaged: remove the state and enrol the device again, and ask an operator to remove "
                + "its old client";
    }
}
