package io.evenkeel.testkit.chaos.proxy;

/** Watches the requests that pass a {@link FaultyProxy}. Called by several threads at once. */
public interface TrafficListener {

    /** Called before any part of a request is forwarded. */
    default void arrived(HttpText request) {}

    /**
     * Called when a whole request has been sent to the coordinator.
     *
     * @param port the coordinator's port; for a doubled request, that of the second one
     */
    void sent(HttpText request, int port);

    /**
     * Called with each response of the coordinator, whether or not it reaches the device; twice for a doubled
     * request.
     */
    void answered(HttpText request, HttpText answer);

    /** Returns a listener that calls the two others in order. */
    static TrafficListener both(TrafficListener first, TrafficListener second) {
        return new TrafficListener() {
            @Override
            public void arrived(HttpText request) {
                first.arrived(request);
                second.arrived(request);
            }

            @Override
            public void sent(HttpText request, int port) {
                first.sent(request, port);
                second.sent(request, port);
            }

            @Override
            public void answered(HttpText request, HttpText answer) {
                first.answered(request, answer);
                second.answered(request, answer);
            }
        };
    }
}
