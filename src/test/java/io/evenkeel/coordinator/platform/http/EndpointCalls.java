package io.evenkeel.coordinator.platform.http;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Lists the endpoints of the API, and sends each a request with credentials that it accepts. */
final class EndpointCalls {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Api api;
    private final RequestMappingHandlerMapping mapping;
    private @Nullable String device;

    EndpointCalls(Api api, RequestMappingHandlerMapping mapping) {
        this.api = api;
        this.mapping = mapping;
    }

    /** An endpoint: a method on a pattern of paths. */
    record Endpoint(RequestMethod method, String pattern, RequestMappingInfo info, HandlerMethod handler) {

        String name() {
            return method + " " + pattern;
        }

        Set<String> consumes() {
            return names(info.getConsumesCondition().getConsumableMediaTypes());
        }

        boolean producesBody() {
            return !handler.isVoid() || !info.getProducesCondition().isEmpty();
        }
    }

    List<Endpoint> endpoints() {
        return mapping.getHandlerMethods().entrySet().stream()
                .flatMap(entry -> endpoints(entry.getKey(), entry.getValue()))
                .filter(endpoint -> endpoint.pattern().startsWith("/api/"))
                .toList();
    }

    private static Stream<Endpoint> endpoints(RequestMappingInfo info, HandlerMethod handler) {
        return info.getPatternValues().stream()
                .flatMap(pattern -> info.getMethodsCondition().getMethods().stream()
                        .map(method -> new Endpoint(method, pattern, info, handler)));
    }

    private static Set<String> names(Collection<MediaType> types) {
        return types.stream().map(MediaType::toString).collect(Collectors.toSet());
    }

    HttpResponse<String> send(Endpoint endpoint, @Nullable String type, BodyPublisher body) {
        return exchange(request(endpoint, type, body));
    }

    HttpRequest.Builder request(Endpoint endpoint, @Nullable String type, BodyPublisher body) {
        boolean devices = endpoint.pattern().matches(".*/(me|me/.*|task|update|replica|work)");
        String token = devices ? device() : CoordinatorTest.OPERATOR_TOKEN;
        String path = endpoint.pattern().replaceAll("\\{[^}]*}", "1");
        return request(
                endpoint.method().name(), path, endpoint.pattern().endsWith("/enrolments") ? null : token, type, body);
    }

    private String device() {
        String secret = device;
        if (secret == null) {
            secret = api.enrol().secret();
            device = secret;
        }
        return secret;
    }

    HttpResponse<String> send(
            String method, String path, @Nullable String token, @Nullable String type, BodyPublisher body) {
        return exchange(request(method, path, token, type, body));
    }

    private HttpRequest.Builder request(
            String method, String path, @Nullable String token, @Nullable String type, BodyPublisher body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(api.endpoint() + path)).method(method, body);
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (type != null) {
            request.header("Content-Type", type);
        }
        return request;
    }

    static HttpResponse<String> exchange(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
