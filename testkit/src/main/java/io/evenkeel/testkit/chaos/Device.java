package io.evenkeel.testkit.chaos;

/** A device that is killed and comes back until the run is over. */
interface Device {

    /**
     * Takes part until the run is over, however often it dies on the way.
     *
     * @throws io.evenkeel.client.EvenkeelException if it cannot go on for another reason
     */
    void live() throws Exception;

    /** Ends it for good, whatever it is doing. For any thread. */
    void end();
}
