package io.evenkeel.coordinator.limits;

import io.evenkeel.coordinator.platform.http.BodyLimits;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A request that counts the bytes of its body as they arrive, and enforces a minimum rate and the endpoint's limit. */
public final class MeasuredRequest extends HttpServletRequestWrapper {

    private final RateLimits limits;
    private final @Nullable String caller;

    /** @param caller the caller's name, null without credentials */
    public MeasuredRequest(HttpServletRequest request, RateLimits limits, @Nullable String caller) {
        super(request);
        this.limits = limits;
        this.caller = caller;
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
        return new Measured(super.getInputStream());
    }

    private final class Measured extends ServletInputStream {

        private final ServletInputStream body;
        private final long started;
        private long received;

        Measured(ServletInputStream body) {
            this.body = body;
            this.started = limits.nanos();
        }

        @Override
        public int read() throws IOException {
            int one = body.read();
            count(one < 0 ? -1 : 1);
            return one;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = body.read(bytes, offset, length);
            count(count);
            return count;
        }

        private void count(int bytes) {
            if (bytes < 0) {
                return;
            }
            received += bytes;
            BodyLimits.require(MeasuredRequest.this, received);
            limits.requireProgress(started, received);
            if (caller != null) {
                limits.received(caller, bytes);
            }
        }

        @Override
        public boolean isFinished() {
            return body.isFinished();
        }

        @Override
        public boolean isReady() {
            return body.isReady();
        }

        @Override
        public void setReadListener(ReadListener listener) {
            body.setReadListener(listener);
        }
    }
}
