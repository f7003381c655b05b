package io.evenkeel.operator.runfile;

import java.io.IOException;

/** Thrown if a run's file is incomplete or damaged. The message names the byte. */
public final class DamagedRunFileException extends IOException {

    private static final long serialVersionUID = 1;

    DamagedRunFileException(long position, String what) {
        super("byte " + position + ": " + what);
    }
}
