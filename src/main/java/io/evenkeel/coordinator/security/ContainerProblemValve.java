package io.evenkeel.coordinator.security;

import io.evenkeel.coordinator.platform.problem.ProblemResponse;
import io.evenkeel.engine.problem.ProblemKind;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Enumeration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.ActionCode;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes problem documents instead of HTML pages for requests that Tomcat refuses, or whose path or query cannot be
 * decoded. Runs before all filters. Thread-safe.
 */
final class ContainerProblemValve extends ErrorReportValve {

    private static final Logger LOG = LoggerFactory.getLogger(ContainerProblemValve.class);

    private final JsonMapper json;

    ContainerProblemValve(JsonMapper json) {
        this.json = json;
    }

    /** Rejects undecodable input here, because the code that decodes it later does not expect a failure. */
    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        boolean isRefused = response.getStatus() >= HttpServletResponse.SC_BAD_REQUEST;
        try {
            if (!isRefused) {
                decode(request);
            }
        } catch (InvalidParameterException | IllegalArgumentException undecodable) {
            write(
                    response,
                    ProblemResponse.to(ProblemKind.MALFORMED.because(
                            "the path or the query cannot be decoded: an escape is incomplete or not UTF-8, or there are"
                                    + " more than 100 parameters",
                            "escape characters as UTF-8, such as %C3%A9, and send fewer parameters")));
            return;
        }
        super.invoke(request, response);
    }

    /** Decodes the path and the query. Tomcat has decoded the path, but not its parameters after semicolons. */
    private static void decode(Request request) {
        String path = request.getRequestURI();
        if (path.indexOf('%') >= 0) {
            String ignored = URLDecoder.decode(path, StandardCharsets.UTF_8);
        }
        if (request.getQueryString() != null) {
            Enumeration<String> ignored = request.getParameterNames();
        }
    }

    @Override
    protected void report(Request request, Response response, @Nullable Throwable failure) {
        int status = response.getStatus();
        if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported() || !canWrite(response)) {
            return;
        }
        write(response, ProblemResponse.ofStatus(status));
    }

    private void write(Response response, ResponseEntity<ProblemDetail> problem) {
        response.setStatus(problem.getStatusCode().value());
        problem.getHeaders().forEach((name, values) -> values.forEach(value -> response.setHeader(name, value)));
        SecurityHeaders.addTo(response);
        byte[] body = json.writeValueAsBytes(problem.getBody());
        response.setContentLength(body.length);
        try {
            response.getOutputStream().write(body);
            response.finishResponse();
        } catch (IOException | IllegalStateException e) {
            LOG.debug("A refusal cannot be written", e);
        }
    }

    /** Returns whether the connection still accepts a response. */
    private static boolean canWrite(Response response) {
        AtomicBoolean allowed = new AtomicBoolean();
        response.getCoyoteResponse().action(ActionCode.IS_IO_ALLOWED, allowed);
        return allowed.get();
    }
}
