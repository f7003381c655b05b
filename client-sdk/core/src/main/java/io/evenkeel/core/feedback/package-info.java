/** The device's half of error feedback: it keeps what compression dropped and sends it later. */
@NullMarked
package io.evenkeel.core.feedback;

import org.jspecify.annotations.NullMarked;
