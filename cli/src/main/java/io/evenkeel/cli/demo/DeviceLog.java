package io.evenkeel.cli.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.logging.FileHandler;
import java.util.logging.Handler;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Redirects the SDK's log to a file; the terminal shows the progress. */
final class DeviceLog {

    private DeviceLog() {}

    /** Redirects the log of this whole process. */
    static void to(Path file) throws IOException {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        FileHandler handler = new FileHandler(file.toString().replace("%", "%%"));
        handler.setFormatter(new SimpleFormatter());
        root.addHandler(handler);
    }
}
