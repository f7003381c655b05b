package io.evenkeel.tools;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Explains in a sentence why a request got no response, and what to check. */
final class NetworkFault {

    private NetworkFault() {}

    /**
     * Describes a failed exchange.
     *
     * @param address the expected address of the coordinator
     */
    static String describe(IOException failure, URI address) {
        String server = address.getHost() + ":" + port(address);
        if (has(failure, e -> e instanceof UnknownHostException || e instanceof UnresolvedAddressException)) {
            return "unknown host " + address.getHost()
                    + ": check the coordinator's address, and that this machine has a network and a name server";
        } else if (has(
                failure,
                e -> e instanceof CertificateException
                        || e instanceof CertPathValidatorException
                        || e instanceof SSLPeerUnverifiedException)) {
            return "the certificate of " + server + " is not trusted (" + innermost(failure)
                    + "): use the name in the certificate as the address, and give Java the authority that signed it, such as with"
                    + " EVENKEEL_JAVA_OPTS=-Djavax.net.ssl.trustStore=FILE";
        } else if (has(failure, SSLException.class::isInstance)) {
            return String.valueOf(innermost(failure)).contains("nrecognized SSL message")
                    ? server
                            + " does not speak TLS: use http:// if the coordinator serves plain HTTP there, or correct the port"
                    : "the TLS handshake with " + server + " failed (" + innermost(failure)
                            + "): check the TLS versions and certificates of both sides";
        } else if (has(failure, HttpConnectTimeoutException.class::isInstance)) {
            return server
                    + " does not respond: check the address and its scheme (http or https), and that no firewall is in between";
        } else if (has(failure, HttpTimeoutException.class::isInstance)) {
            return "no response from " + server
                    + " in time: try again, and check the coordinator's log if it happens again";
        } else if (has(failure, ConnectException.class::isInstance)) {
            return "nothing listens at " + server + ": check the address, and that the coordinator is running";
        }
        return "the connection to " + server + " broke (" + innermost(failure)
                + "): check that the coordinator is running, and use https:// if it serves TLS there";
    }

    private static int port(URI address) {
        if (address.getPort() >= 0) {
            return address.getPort();
        }
        return "https".equals(address.getScheme()) ? 443 : 80;
    }

    private static boolean has(Throwable failure, Predicate<Throwable> condition) {
        for (Throwable e = failure; e != null; e = e.getCause()) {
            if (condition.test(e)) {
                return true;
            }
        }
        return false;
    }

    /** Returns the message of the innermost cause that has one: the outer ones repeat it or are less specific. */
    private static String innermost(Throwable failure) {
        String message = failure.getClass().getSimpleName();
        for (Throwable e = failure; e != null; e = e.getCause()) {
            message = e.getMessage() == null ? message : e.getMessage();
        }
        return message;
    }
}
