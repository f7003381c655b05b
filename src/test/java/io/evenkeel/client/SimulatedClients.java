package io.evenkeel.client;

import io.evenkeel.client.internal.http.Time;
import java.util.function.DoubleSupplier;

/** Opens to simulations what a client's builder keeps for tests: its time and its random numbers. */
public final class SimulatedClients {

    private SimulatedClients() {}

    /** Builds a client that waits and draws as told. */
    public static EvenkeelClient build(ClientBuilder builder, Time time, DoubleSupplier random) {
        return builder.time(time).random(random).build();
    }
}
