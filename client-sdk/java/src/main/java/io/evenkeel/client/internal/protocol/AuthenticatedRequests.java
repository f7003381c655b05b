package io.evenkeel.client.internal.protocol;

import io.evenkeel.client.CoordinatorException;
import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.Problem;
import io.evenkeel.client.Request;
import io.evenkeel.client.Response;
import io.evenkeel.client.internal.http.PrintableText;
import io.evenkeel.client.internal.http.Retries;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Creates and sends requests with the device's credentials, and throws refusals as {@link CoordinatorException}.
 *
 * <p>Not thread-safe.
 */
final class AuthenticatedRequests {

    private static final String WHERE =
            "the response is not an Evenkeel coordinator's: check the address, its scheme (http or https), port and path";

    private static final String PROXY_LIMIT =
            "a proxy in front of the coordinator does not accept a body of this length: raise its limit, such as"
                    + " client_max_body_size in nginx";

    private static final int NOT_MODIFIED = 304;
    private static final int CONTENT_TOO_LARGE = 413;

    private final String base;
    private final Retries retries;
    private volatile @Nullable Credentials credentials;

    /** @param endpoint the coordinator's address; its path is kept as a prefix */
    AuthenticatedRequests(URI endpoint, Retries retries) {
        String text = endpoint.toString();
        this.base = (text.endsWith("/") ? text.substring(0, text.length() - 1) : text) + "/api/v1/";
        this.retries = retries;
    }

    boolean hasCredentials() {
        return credentials != null;
    }

    void use(Credentials given) {
        credentials = given;
    }

    Request anonymous(String method, String path, long maxBytes) {
        return Request.of(method, URI.create(base + path), maxBytes);
    }

    Request authenticated(String method, String path, long maxBytes) {
        Credentials current = credentials;
        if (current == null) {
            throw new IllegalStateException("the device has no credentials yet");
        }
        return anonymous(method, path, maxBytes).header("Authorization", "Bearer " + current.secret());
    }

    /** Sends a request and returns a successful response. */
    Response send(Request request) throws InterruptedException {
        return accepted(request, retries.send(request));
    }

    /** Sends a request in a single attempt and returns a successful response. */
    Response sendOnce(Request request) throws InterruptedException {
        return accepted(request, retries.sendOnce(request));
    }

    /** Sends a conditional request and returns a successful response, or a response with status 304. */
    Response sendIfChanged(Request request) throws InterruptedException {
        Response response = retries.send(request);
        return response.status() == NOT_MODIFIED ? response : accepted(request, response);
    }

    private static Response accepted(Request request, Response response) {
        if (!response.isSuccess()) {
            throw new CoordinatorException(problem(request, response));
        }
        return response;
    }

    private static Problem problem(Request request, Response response) {
        String title = "status " + response.status() + " to " + request;
        String action = response.status() == CONTENT_TOO_LARGE ? PROXY_LIMIT : WHERE;
        Problem foreign = new Problem("about:blank", title, response.status(), redirect(response), action);
        if (response.isJson()) {
            try {
                JsonFields fields = JsonFields.parse("the problem", response.body());
                return new Problem(
                        fields.message("type", "about:blank"),
                        fields.message("title", title),
                        response.status(),
                        fields.message("detail", ""),
                        fields.message("action", ""));
            } catch (EvenkeelException e) {
                // The response comes from a proxy; its status is sufficient.
                return foreign;
            }
        }
        return foreign;
    }

    private static String redirect(Response response) {
        return response.header("Location")
                .map(target -> "it leads to " + PrintableText.of(target)
                        + ", and redirects are not followed, as they would carry the" + " credentials along")
                .orElse("");
    }
}
