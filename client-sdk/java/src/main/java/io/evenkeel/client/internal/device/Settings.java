package io.evenkeel.client.internal.device;

import io.evenkeel.client.ClientBuilder;
import io.evenkeel.client.ClientListener;
import io.evenkeel.client.EvaluationFunction;
import io.evenkeel.client.OnDivergence;
import io.evenkeel.client.SecureAggregation;
import io.evenkeel.client.StateException;
import io.evenkeel.client.StateStore;
import io.evenkeel.client.Transport;
import io.evenkeel.client.internal.http.Time;
import io.evenkeel.client.internal.protocol.Credentials;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The checked settings of a client; {@link ClientBuilder} explains each. */
public record Settings(
        URI endpoint,
        String run,
        @Nullable String enrolmentToken,
        @Nullable Credentials credentials,
        @Nullable String name,
        @Nullable Supplier<Map<String, String>> attributes,
        double weight,
        @Nullable PrivacyLimit privacyLimit,
        @Nullable SecureAggregation secureAggregation,
        @Nullable RecoveryKey recoveryKey,
        StateStore store,
        Transport transport,
        @Nullable EvaluationFunction evaluation,
        List<ClientListener> listeners,
        OnDivergence onDivergence,
        boolean doublePrecision,
        boolean replicas,
        boolean smoothness,
        @Nullable Integer maxDimension,
        Duration retryFor,
        Duration longPoll,
        Time time,
        DoubleSupplier random) {

    /**
     * Describes the state of this device that survives the process, as a sentence fragment; empty if unknown.
     */
    public String savedState() {
        try {
            if (!store.isDurable()) {
                return "the state is kept in memory only";
            } else if (!run.isEmpty() && !store.names(run + ".").isEmpty()) {
                return "the state is saved";
            } else if (!store.names(CredentialsSource.NAME).isEmpty()) {
                return "the device's credentials are saved";
            }
            return "nothing was saved yet";
        } catch (StateException e) {
            return "";
        }
    }
}
