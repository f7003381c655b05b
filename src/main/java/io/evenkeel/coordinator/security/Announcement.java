package io.evenkeel.coordinator.security;

import java.io.PrintStream;
import org.springframework.stereotype.Component;

/** Says to the person at the console what must not get into a log. */
@Component
class Announcement {

    private final PrintStream console;

    Announcement() {
        this(System.out);
    }

    Announcement(PrintStream console) {
        this.console = console;
    }

    void operatorToken(String token) {
        console.println();
        console.println("  The operator's token, shown this once (only its hash is kept):");
        console.println();
        console.println("      " + token);
        console.println();
        console.println("  Send it as 'Authorization: Bearer <token>'. Lost it? Set EVENKEEL_OPERATOR_TOKEN.");
        console.println();
        console.flush();
    }
}
