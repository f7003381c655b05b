package io.evenkeel.cli.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.logging.FileHandler;
import java.util.logging.Handler;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Sends what the SDK logs to a file, where no coordinator in this process does: the terminal is for the progress. */
final class DeviceLog {

    private DeviceLog() {}

    /** Takes the logging of this whole process over. */
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
