package io.evenkeel.coordinator.telemetry;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Masks credentials in log lines, in case a library logs one; for example, Tomcat's debug log contains whole requests.
 *
 * <p>Works on the bytes of a line, so it covers messages, exceptions and the context, in every charset that extends
 * ASCII. Thread-safe if the inner encoder is.
 */
final class SecretMask extends EncoderBase<ILoggingEvent> {

    /** Matches the coordinator's own tokens, and any other credentials that a caller may send. */
    private static final Pattern SECRET = Pattern.compile(
            "(evk_[a-z]+_|whsec_|\\bbearer (?!evk_)(?=[\\w.~+/=-]{16}))[\\w.~+/=-]+", Pattern.CASE_INSENSITIVE);

    private final Encoder<ILoggingEvent> form;

    /** Masks the output of a started encoder. */
    SecretMask(Encoder<ILoggingEvent> form) {
        this.form = form;
        started = true;
    }

    @Override
    public byte[] headerBytes() {
        return form.headerBytes();
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        byte[] line = form.encode(event);
        // ISO 8859-1 maps each byte to one char and back, so non-ASCII bytes do not change.
        String text = new String(line, StandardCharsets.ISO_8859_1);
        String masked = SECRET.matcher(text).replaceAll("$1***");
        return masked.equals(text) ? line : masked.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public byte[] footerBytes() {
        return form.footerBytes();
    }

    @Override
    public void stop() {
        form.stop();
        super.stop();
    }
}
