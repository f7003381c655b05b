package io.evenkeel.coordinator.platform.http;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.CharBuffer;
import org.apache.catalina.connector.InputBuffer;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;

/**
 * Shrinks the 16 kB buffer that Tomcat allocates with each request for {@code getReader}, which no endpoint calls. The
 * buffer would be a third of the heap of a waiting request, and no setting of Tomcat changes it; src/RATIONALE.md has
 * the measurement. A reader still works, with a buffer of {@value #CHARS} characters.
 */
final class ReaderBufferValve extends ValveBase {

    static final int CHARS = 256;

    private static final VarHandle INPUT = field(Request.class, "inputBuffer", InputBuffer.class);
    private static final VarHandle BUFFER = field(InputBuffer.class, "cb", CharBuffer.class);

    ReaderBufferValve() {
        super(true);
    }

    private static VarHandle field(Class<?> owner, String name, Class<?> type) {
        try {
            return MethodHandles.privateLookupIn(owner, MethodHandles.lookup()).findVarHandle(owner, name, type);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this version of Tomcat has no field " + owner.getName() + "." + name, e);
        }
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        // Tomcat reuses its request objects, so most have already been shrunk. Nothing has been read at this
        // point.
        if (capacity(request) > CHARS) {
            BUFFER.set(
                    (InputBuffer) INPUT.get(request), CharBuffer.allocate(CHARS).limit(0));
        }
        getNext().invoke(request, response);
    }

    /** Returns the number of characters that fit into the buffer of a request. */
    static int capacity(Request request) {
        return ((CharBuffer) BUFFER.get((InputBuffer) INPUT.get(request))).capacity();
    }
}
