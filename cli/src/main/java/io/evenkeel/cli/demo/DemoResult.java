package io.evenkeel.cli.demo;

import io.evenkeel.trial.learn.Evaluation;
import java.time.Duration;

/**
 * The result of the demonstration.
 *
 * @param run the run's name at the coordinator
 * @param heldOut the quality on held-out samples of the final model, as the coordinator serves it
 * @param modelHash SHA-256 of the final model as raw little-endian float64, in hexadecimal
 * @param uplinkBytes bodies of all accepted messages
 * @param denseUplinkBytes the same messages as plain float32
 * @param downlinkBytes bodies of all models and updates that the devices fetched
 * @param denseDownlinkBytes bytes of float32 models for all devices in all rounds
 * @param training the time from the opening of the first round until the run finished
 */
record DemoResult(
        String run,
        Evaluation heldOut,
        String modelHash,
        long uplinkBytes,
        long denseUplinkBytes,
        long downlinkBytes,
        long denseDownlinkBytes,
        Duration training) {}
