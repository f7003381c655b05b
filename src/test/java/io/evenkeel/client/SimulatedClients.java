package io.evenkeel.client;

import io.evenkeel.client.internal.http.Time;
import java.util.function.DoubleSupplier;

/** Gives simulations access to the package-private settings of a client's builder: its clock and its random numbers. */
public final class SimulatedClients {

    private SimulatedClients() {}

    /** Builds a client with the given clock and random numbers. */
    public static EvenkeelClient build(ClientBuilder builder, Time time, DoubleSupplier random) {
        return builder.time(time).random(random).build();
    }
}
