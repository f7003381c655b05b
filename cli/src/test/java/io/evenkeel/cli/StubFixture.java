package io.evenkeel.cli;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Provides a command line and a coordinator with prepared responses. */
public abstract class StubFixture {

    /** The user's home folder. */
    @TempDir
    protected Path folder;

    /** Returns prepared responses. */
    protected StubCoordinator coordinator;

    /** Runs commands against the coordinator. */
    protected CliHarness cli;

    @BeforeEach
    void listen() {
        coordinator = new StubCoordinator();
        cli = CliHarness.at(coordinator, folder);
    }

    @AfterEach
    void stop() {
        coordinator.close();
    }
}
