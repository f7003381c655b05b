package io.evenkeel.testkit.chaos.device;

/** A device that is killed and restarted until the run is over. */
public interface ChaosDevice {

    /**
     * Takes part until the run is over, regardless of how often it is killed.
     *
     * @throws io.evenkeel.client.EvenkeelException if it cannot continue for another reason
     */
    void live() throws Exception;

    /** Ends the device permanently. May be called from any thread. */
    void end();
}
