package io.evenkeel.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertPathValidatorException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;

class NetworkFaultTest {

    private static final URI ADDRESS = URI.create("https://fleet.example");

    private static void assertFails(String address, String sentence) {
        CoordinatorClient client = new CoordinatorClient(URI.create(address), () -> "token");
        assertThatThrownBy(() -> client.get(ApiPath.of("runs")))
                .isInstanceOf(OperatorException.class)
                .hasMessageContaining(sentence)
                .hasMessageNotContaining("Exception");
    }

    private static String describe(IOException failure) {
        return NetworkFault.describe(failure, ADDRESS);
    }

    @Test
    void namesThePortWhereNothingListens() throws IOException {
        int free;
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = probe.getLocalPort();
        }
        assertFails("http://127.0.0.1:" + free, "nothing listens at 127.0.0.1:" + free + ": check the address");
    }

    /**
     * Uses a socket, since the JDK's HTTP client occasionally misses the response during its handshake and reports a
     * connect timeout.
     */
    @Test
    void namesAPortThatDoesNotSpeakTls() throws IOException {
        try (ServerSocket plain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket client =
                        SSLSocketFactory.getDefault().createSocket(plain.getInetAddress(), plain.getLocalPort());
                Socket server = plain.accept()) {
            server.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            SSLException refused = catchThrowableOfType(SSLException.class, ((SSLSocket) client)::startHandshake);
            assertThat(describe(refused))
                    .isEqualTo(
                            "fleet.example:443 does not speak TLS: use http:// if the coordinator serves plain HTTP there,"
                                    + " or correct the port");
        }
    }

    @Test
    void namesAnUnknownHost() {
        ConnectException unknown = new ConnectException();
        Throwable ignored = unknown.initCause(new UnresolvedAddressException());
        assertThat(describe(unknown)).startsWith("unknown host fleet.example: check the coordinator's address");
    }

    @Test
    void namesACertificateThatIsNotTrusted() {
        SSLHandshakeException untrusted = new SSLHandshakeException("PKIX path building failed");
        Throwable ignored =
                untrusted.initCause(new CertPathValidatorException("unable to find valid certification path"));
        assertThat(describe(untrusted))
                .startsWith("the certificate of fleet.example:443 is not trusted (unable to find valid")
                .contains("-Djavax.net.ssl.trustStore");
    }

    @Test
    void distinguishesTimeouts() {
        assertThat(describe(new HttpConnectTimeoutException("x"))).startsWith("fleet.example:443 does not respond");
        assertThat(describe(new HttpTimeoutException("x"))).startsWith("no response from fleet.example:443 in time");
    }

    @Test
    void hintsAtTlsWhenAConnectionBreaks() {
        assertThat(NetworkFault.describe(new IOException("EOF reached"), URI.create("http://fleet.example:8443")))
                .isEqualTo(
                        "the connection to fleet.example:8443 broke (EOF reached): check that the coordinator is running, and"
                                + " use https:// if it serves TLS there");
    }
}
