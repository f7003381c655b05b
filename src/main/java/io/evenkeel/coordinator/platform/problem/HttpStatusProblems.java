package io.evenkeel.coordinator.platform.problem;

import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.time.Duration;

/** Problems for HTTP statuses that the servlet container and the request firewall report without details. */
final class HttpStatusProblems {

    private HttpStatusProblems() {}

    static ProblemException of(int status) {
        return switch (status) {
            case 401 ->
                ProblemKind.UNAUTHENTICATED.because(
                        "the request has no valid credentials", "send 'Authorization: Bearer <token>'");
            case 403 -> ProblemKind.FORBIDDEN.because("this is not allowed", "use other credentials");
            case 404 ->
                ProblemKind.NOT_FOUND.because(
                        "no resource of the coordinator has this path",
                        "see GET /openapi.json for the available paths");
            case 405 ->
                ProblemKind.METHOD_NOT_ALLOWED.because(
                        "this path does not support this method", "see GET /openapi.json for the available paths");
            case 406 ->
                ProblemKind.NOT_ACCEPTABLE.because(
                        "the Accept header allows none of the available types", "leave the Accept header out");
            case 417 ->
                ProblemKind.MALFORMED.because(
                        "the Expect header asks for something other than 100-continue", "leave the Expect header out");
            case 501 ->
                ProblemKind.MALFORMED.because(
                        "the request's method or Transfer-Encoding is not one that the coordinator implements",
                        "see GET /openapi.json for the path, and send the body with a Content-Length or chunked");
            case 505 -> ProblemKind.MALFORMED.because("the request is not HTTP/1.1", "send it as HTTP/1.1");
            case 413 -> ProblemKind.TOO_LARGE.because("the request is too large", "send less");
            case 415 ->
                ProblemKind.UNSUPPORTED_MEDIA_TYPE.because(
                        "the Content-Type is not supported here", "see GET /openapi.json for the available paths");
            case 503 ->
                ProblemKind.BUSY
                        .because("the coordinator cannot process this request now", "send the same request again later")
                        .retryAfter(Duration.ofSeconds(5));
            default ->
                status >= 400 && status < 500
                        ? ProblemKind.MALFORMED.because(
                                "the request line, path or headers cannot be read",
                                "correct the request and send it again")
                        : ProblemKind.INTERNAL.because(
                                "an unexpected error occurred",
                                "tell the operator the time; repeating the request later does no harm");
        };
    }
}
