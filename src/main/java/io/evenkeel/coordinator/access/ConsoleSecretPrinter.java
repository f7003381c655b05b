package io.evenkeel.coordinator.access;

import java.io.PrintStream;
import org.springframework.stereotype.Component;

/** Prints secrets to the console, since they must not be logged. */
@Component
class ConsoleSecretPrinter {

    private final PrintStream console;

    ConsoleSecretPrinter() {
        this(System.out);
    }

    ConsoleSecretPrinter(PrintStream console) {
        this.console = console;
    }

    void operatorToken(String token) {
        console.println();
        console.println("  The operator's token, shown only once (only its hash is kept):");
        console.println();
        console.println("      " + token);
        console.println();
        console.println("  Send it as 'Authorization: Bearer <token>'. Lost it? Set EVENKEEL_OPERATOR_TOKEN.");
        console.println();
        console.flush();
    }
}
