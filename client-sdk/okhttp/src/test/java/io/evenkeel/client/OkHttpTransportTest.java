package io.evenkeel.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.client.okhttp.OkHttpTransport;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;

class OkHttpTransportTest extends TransportContract {

    OkHttpTransportTest() throws IOException {}

    @Override
    protected Transport transport(Duration silence) {
        return OkHttpTransport.over(new OkHttpClient.Builder()
                .connectTimeout(Duration.ofMinutes(1))
                .readTimeout(silence)
                // A write that is delayed by a busy machine does not count as silence.
                .writeTimeout(silence.plusSeconds(1))
                .build());
    }

    @Override
    protected Class<? extends IOException> timeout() {
        return SocketTimeoutException.class;
    }

    @Test
    void closingStopsItsOwnClientButNotASharedOne() {
        OkHttpClient shared = new OkHttpClient();
        OkHttpTransport.over(shared).close();
        assertThat(shared.dispatcher().executorService().isShutdown()).isFalse();
        shared.dispatcher().executorService().shutdown();
    }
}
