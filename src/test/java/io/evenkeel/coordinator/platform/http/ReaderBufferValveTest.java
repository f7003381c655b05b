package io.evenkeel.coordinator.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.InputBuffer;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.junit.jupiter.api.Test;

class ReaderBufferValveTest {

    private static final String BODY = "a body of ä € 𝄞 \n".repeat(500);

    private final Connector connector = new Connector();
    private final Request request = connector.createRequest(new org.apache.coyote.Request());
    private final Response response = connector.createResponse(new org.apache.coyote.Response());
    private final List<String> read = new ArrayList<>();

    /** A body that arrives in pieces. */
    private static final class Body implements InputBuffer {

        private static final int PIECE = 1000;
        private final byte[] bytes = BODY.getBytes(StandardCharsets.UTF_8);
        private int at;

        @Override
        public int doRead(ApplicationBufferHandler handler) {
            int length = Math.min(PIECE, bytes.length - at);
            if (length == 0) {
                return -1;
            }
            handler.setByteBuffer(ByteBuffer.wrap(bytes, at, length));
            at += length;
            return length;
        }

        @Override
        public int available() {
            return bytes.length - at;
        }
    }

    /** An endpoint that reads the body as characters. */
    private final class Reader extends ValveBase {
        @Override
        public void invoke(Request asked, Response answer) throws IOException {
            StringBuilder text = new StringBuilder();
            char[] some = new char[3000];
            for (int n = asked.getReader().read(some);
                    n > 0;
                    n = asked.getReader().read(some)) {
                text.append(some, 0, n);
            }
            read.add(text.toString());
        }
    }

    @Test
    void aRequestKeepsASmallBufferAndCanBeReadAsCharacters() throws IOException, ServletException {
        ReaderBufferValve valve = new ReaderBufferValve();
        valve.setNext(new Reader());
        assertThat(ReaderBufferValve.capacity(request)).isGreaterThan(ReaderBufferValve.CHARS);

        for (int i = 0; i < 2; i++) {
            request.getCoyoteRequest().setResponse(response.getCoyoteResponse());
            request.getCoyoteRequest().setInputBuffer(new Body());
            request.setCharacterEncoding(StandardCharsets.UTF_8);
            valve.invoke(request, response);
            assertThat(ReaderBufferValve.capacity(request)).isEqualTo(ReaderBufferValve.CHARS);
            request.recycle();
            request.getCoyoteRequest().recycle();
        }

        assertThat(ReaderBufferValve.capacity(request)).isEqualTo(ReaderBufferValve.CHARS);
        assertThat(read).containsExactly(BODY, BODY);
    }
}
