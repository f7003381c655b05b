package io.evenkeel.testkit.chaos;

/** Watches the requests that pass a {@link FaultyProxy}. Called by several threads at once. */
interface TrafficListener {

    /** Called before anything of a request is passed on. */
    default void arrived(HttpText request) {}

    /** Called when a request is sent to the coordinator as a whole. */
    void sent(HttpText request);

    /** Called with each response of the coordinator, whether or not it reaches the device; twice for a doubled request. */
    void answered(HttpText request, HttpText answer);
}
