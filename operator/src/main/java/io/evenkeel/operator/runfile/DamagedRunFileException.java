package io.evenkeel.operator.runfile;

import java.io.IOException;

/** A run's file that is not whole, or not as it was written. The message names the byte. */
public final class DamagedRunFileException extends IOException {

    private static final long serialVersionUID = 1;

    DamagedRunFileException(long position, String what) {
        super("byte " + position + ": " + what);
    }
}
