package io.evenkeel.tools.exportfile;

import java.io.IOException;

/** Thrown if a run's file is incomplete or damaged. The message names the byte. */
public final class DamagedExportFileException extends IOException {

    private static final long serialVersionUID = 1;

    DamagedExportFileException(long position, String what) {
        super("byte " + position + ": " + what);
    }
}
