package io.evenkeel.cli.runs;

import io.evenkeel.cli.StubFixture;

/** Provides a command line and a coordinator with prepared responses. */
abstract class RunCommandFixture extends StubFixture {

    static final String RUNNING = """
        {"name": "digits", "state": "running", "round": 61, "rounds": 600, "members": 10, "accepted": 7, "extended": 1,
         "algorithm": "ef21-norm", "compressor": "top-k:0.01", "dimension": 9610, "gamma": "constant:0.1",
         "participants": {"min": 5}, "time": {"min": "PT0S", "max": "PT1M"}, "sampling": 1.0, "seed": 1,
         "createdAt": "2026-01-31T11:00:00Z", "openedAt": "2026-01-31T11:59:48Z",
         "deadline": "2026-01-31T12:00:48Z"}\
        """;
    static final String OPEN_ROUND = """
        {"round": 61, "now": "2026-01-31T12:00:00Z", "asked": 9, "accepted": 7, "needed": 5, "extended": 1, "missingCount": 2,
         "waitsFor": "others",
         "missing": [{"client": "b", "name": "meter-2", "lastSeenAt": "2026-01-31T11:46:00Z"}, {"client": "c"}],
         "silentCount": 1, "silent": [{"client": "d", "name": "meter-9"}]}\
        """;
    static final String FINISHED = """
        {"name": "old", "state": "finished", "round": 5, "rounds": 5, "members": 2,
         "createdAt": "2026-01-28T12:00:00Z"}\
        """;
}
