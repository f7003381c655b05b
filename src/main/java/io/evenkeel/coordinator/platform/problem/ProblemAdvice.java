package io.evenkeel.coordinator.platform.problem;

import io.evenkeel.core.frame.WireException;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.TypeMismatchException;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.MissingRequestHeaderException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import org.springframework.web.context.request.async.AsyncRequestTimeoutException;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/** Converts every exception that reaches Spring MVC or the security filters to a problem document. */
@RestControllerAdvice
class ProblemAdvice {

    private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);
    private static final Duration STORAGE_PAUSE = Duration.ofSeconds(5);

    private final FailureLog failures;

    ProblemAdvice(FailureLog failures) {
        this.failures = failures;
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> refused(ProblemException refusal) {
        return ProblemResponse.to(refusal);
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> unreadable(HttpMessageNotReadableException unreadable) {
        return ProblemResponse.to(JsonProblems.of(unreadable));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> wire(WireException invalid) {
        return ProblemResponse.to(RequestProblems.frame(invalid));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> mismatch(TypeMismatchException mismatch) {
        return ProblemResponse.to(RequestProblems.parameter(mismatch));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> missingParameter(MissingServletRequestParameterException missing) {
        return ProblemResponse.to(RequestProblems.missing("parameter", missing.getParameterName()));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> missingHeader(MissingRequestHeaderException missing) {
        return ProblemResponse.to(RequestProblems.missing("header", missing.getHeaderName()));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> invalidBody(MethodArgumentNotValidException invalid) {
        return ProblemResponse.to(RequestProblems.fields(invalid.getBindingResult()));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> invalidArguments(HandlerMethodValidationException invalid) {
        return ProblemResponse.to(RequestProblems.arguments(invalid));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> mediaType(HttpMediaTypeNotSupportedException unsupported) {
        return ProblemResponse.to(
                RequestProblems.mediaType(unsupported.getContentType(), unsupported.getSupportedMediaTypes()),
                unsupported.getHeaders());
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> accept(HttpMediaTypeNotAcceptableException unacceptable) {
        return ProblemResponse.to(RequestProblems.accept(unacceptable.getSupportedMediaTypes()));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> method(HttpRequestMethodNotSupportedException unsupported) {
        String[] methods = unsupported.getSupportedMethods();
        String allowed = methods == null
                ? "none"
                : String.join(", ", Arrays.stream(methods).sorted().toList());
        return ProblemResponse.to(
                ProblemKind.METHOD_NOT_ALLOWED.because(
                        "this path does not support " + unsupported.getMethod() + ", only " + allowed,
                        "use one of the methods in the Allow header"),
                unsupported.getHeaders());
    }

    /**
     * Handles refusals of the firewall, which checks headers and parameters only when they are first read,
     * after its own filter.
     */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> unfit(RequestRejectedException unfit) {
        return ProblemResponse.to(ProblemKind.MALFORMED.because(
                "a header or a parameter has characters that are not allowed, such as control characters",
                "remove them and send the request again"));
    }

    @ExceptionHandler({NoHandlerFoundException.class, NoResourceFoundException.class})
    ResponseEntity<ProblemDetail> nothingHere() {
        return ProblemResponse.to(ProblemKind.NOT_FOUND.because(
                "no resource of the coordinator has this path", "see GET /openapi.json for the available paths"));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> timedOut(AsyncRequestTimeoutException late) {
        return ProblemResponse.to(ProblemKind.BUSY
                .because("the request took longer than the coordinator waits", "send the same request again")
                .retryAfter(STORAGE_PAUSE));
    }

    /** Sends no response, because the caller has closed the connection. */
    @ExceptionHandler
    void gone(AsyncRequestNotUsableException gone) {
        LOG.debug("A caller closed its connection before the response was written");
    }

    @ExceptionHandler
    @Nullable
    ResponseEntity<ProblemDetail> anythingElse(Exception failure) {
        if ((failure instanceof CompletionException || failure instanceof ExecutionException)
                && failure.getCause() instanceof Exception cause) {
            return unwrapped(cause);
        }
        Optional<String> damage = DatabaseDamage.in(failure);
        if (damage.isPresent()) {
            failures.warn("The database file is damaged", failure);
            return ProblemResponse.to(ProblemKind.STORAGE_DAMAGED.because(damage.get(), DatabaseDamage.ACTION));
        }
        if (DatabaseFailures.isIn(failure)) {
            return storage(failure);
        }
        if (failure instanceof ErrorResponse known) {
            return ProblemResponse.to(
                    HttpStatusProblems.of(known.getStatusCode().value()), known.getHeaders());
        }
        if (failure instanceof IOException) {
            LOG.debug("A connection broke", failure);
            return null;
        }
        return internal(failure);
    }

    /** Handles a failure on another thread in the same way as one on this thread. */
    private @Nullable ResponseEntity<ProblemDetail> unwrapped(Exception cause) {
        if (cause instanceof ProblemException refusal) {
            return refused(refusal);
        }
        return cause instanceof WireException invalid ? wire(invalid) : anythingElse(cause);
    }

    private ResponseEntity<ProblemDetail> storage(Exception failure) {
        failures.storage(failure);
        return ProblemResponse.to(ProblemKind.STORAGE_UNAVAILABLE
                .because(
                        "the database or the object store does not respond, is full or is too busy; whether this"
                                + " request took effect is not known, and earlier accepted messages are safe",
                        "send the same request again after the time in Retry-After")
                .retryAfter(STORAGE_PAUSE));
    }

    private ResponseEntity<ProblemDetail> internal(Exception failure) {
        String id = failures.internal(failure);
        return ProblemResponse.to(ProblemKind.INTERNAL
                .because(
                        "an unexpected error occurred; it is in the log under " + id,
                        "tell the operator the id; repeating the request later does no harm")
                .with("id", id));
    }
}
