package io.evenkeel.client.internal.http;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.util.Optional;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * The cause of a failed exchange, as text, and whether a retry can succeed.
 *
 * @param kind whether a retry can help
 * @param cause the cause of the failure
 * @param action what to check; empty for a transient fault
 */
record ExchangeFault(Kind kind, String cause, String action) {

    /** Whether a retry can help. */
    enum Kind {
        /** The network or the coordinator is temporarily unavailable. */
        PASSING,
        /** Probably a wrong setting if the device has never reached the coordinator, and an outage if it has. */
        SETTING_OR_OUTAGE,
        /** A setting must be changed. */
        PERMANENT
    }

    /** Classifies the failure of a request. */
    static ExchangeFault of(IOException failure, URI uri) {
        if (find(failure, ExchangeFault::isUntrusted).isPresent()) {
            return new ExchangeFault(
                    Kind.PERMANENT,
                    "the certificate of " + uri.getHost() + " is not trusted: " + describe(failure),
                    "check the TLS certificates: give the device the authority that signed the coordinator's with sslContext(...),"
                            + " and the name in the certificate as the address");
        }
        if (find(failure, e -> e instanceof UnknownHostException || e instanceof UnresolvedAddressException)
                .isPresent()) {
            return new ExchangeFault(
                    Kind.SETTING_OR_OUTAGE,
                    "unknown host " + uri.getHost(),
                    "check the coordinator's address, and that the device has a network and a name server");
        }
        return find(failure, SSLException.class::isInstance)
                .filter(e -> !find(failure, ExchangeFault::isLostConnection).isPresent())
                .map(e -> ofHandshake(describe(e), uri))
                .orElseGet(() -> new ExchangeFault(Kind.PASSING, describe(failure), ""));
    }

    private static ExchangeFault ofHandshake(String message, URI uri) {
        String address = uri.getHost() + ":" + (uri.getPort() < 0 ? 443 : uri.getPort());
        if (isPlainText(message)) {
            return new ExchangeFault(
                    Kind.SETTING_OR_OUTAGE,
                    address + " does not speak TLS: " + message,
                    "check the port, or use http:// if the coordinator serves plain HTTP there");
        }
        if (message.contains("alert")) {
            return new ExchangeFault(
                    Kind.SETTING_OR_OUTAGE,
                    address + " refused the TLS handshake: " + message,
                    "check the certificate that the device presents, and the TLS versions of both sides");
        }
        return new ExchangeFault(Kind.PASSING, message, "");
    }

    /** Recognizes the messages of the JDK's TLS and of Conscrypt, which Android uses. */
    private static boolean isPlainText(String message) {
        return message.contains("nrecognized SSL message")
                || message.contains("Unable to parse TLS packet header")
                || message.contains("WRONG_VERSION_NUMBER");
    }

    private static boolean isUntrusted(Throwable e) {
        return e instanceof CertificateException
                || e instanceof CertPathValidatorException
                || e instanceof SSLPeerUnverifiedException;
    }

    private static boolean isLostConnection(Throwable e) {
        return e instanceof EOFException || e instanceof SocketException;
    }

    private static Optional<Throwable> find(Throwable failure, Predicate<Throwable> condition) {
        for (Throwable e = failure; e != null; e = e.getCause()) {
            if (condition.test(e)) {
                return Optional.of(e);
            }
        }
        return Optional.empty();
    }

    /**
     * Returns the first message in the chain of causes; the JDK's exception for a failed connection has none
     * itself.
     */
    private static String describe(Throwable failure) {
        return find(failure, e -> e.getMessage() != null)
                .map(e -> PrintableText.of(String.valueOf(e.getMessage())))
                .orElseGet(() -> failure.getClass().getSimpleName());
    }
}
