package io.evenkeel.client;

import io.evenkeel.client.http.Time;
import io.evenkeel.client.http.Transport;
import io.evenkeel.client.protocol.Credentials;
import io.evenkeel.client.state.StateStore;
import java.net.URI;
import java.time.Duration;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** A client's settings after they were checked; {@link ClientBuilder} explains each. */
record Settings(
        URI endpoint,
        String run,
        @Nullable String enrolmentToken,
        @Nullable Credentials credentials,
        @Nullable String name,
        double weight,
        StateStore store,
        Transport transport,
        @Nullable EvaluationFunction evaluation,
        ClientListener listener,
        OnDivergence onDivergence,
        boolean doublePrecision,
        boolean replicas,
        boolean smoothness,
        Duration retryFor,
        Duration longPoll,
        Time time,
        DoubleSupplier random) {}
