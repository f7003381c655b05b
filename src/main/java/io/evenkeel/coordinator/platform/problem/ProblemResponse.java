package io.evenkeel.coordinator.platform.problem;

import io.evenkeel.engine.problem.DisplayText;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.time.Duration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;

/** Converts refusals to responses with a status, headers and a problem document. */
public final class ProblemResponse {

    private ProblemResponse() {}

    /** Returns the response to a request that was refused outside Spring MVC with only an HTTP status. */
    public static ResponseEntity<ProblemDetail> ofStatus(int status) {
        return to(HttpStatusProblems.of(status));
    }

    /** Returns the response to a refused request. */
    public static ResponseEntity<ProblemDetail> to(ProblemException refusal) {
        return to(refusal, HttpHeaders.EMPTY);
    }

    /** Returns the response with its media type set, so that it is sent whatever the caller accepts. */
    static ResponseEntity<ProblemDetail> to(ProblemException refusal, HttpHeaders headers) {
        ProblemKind problem = refusal.problem();
        ResponseEntity.BodyBuilder answer = ResponseEntity.status(problem.status())
                .headers(headers)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .header(HttpHeaders.CACHE_CONTROL, "no-store");
        if (problem == ProblemKind.UNAUTHENTICATED) {
            answer.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        }
        refusal.retryAfter().ifPresent(pause -> answer.header(HttpHeaders.RETRY_AFTER, seconds(pause)));
        return answer.body(document(refusal));
    }

    static ProblemDetail document(ProblemException refusal) {
        ProblemKind problem = refusal.problem();
        ProblemDetail document = ProblemDetail.forStatusAndDetail(
                HttpStatusCode.valueOf(problem.status()), DisplayText.escape(refusal.detail()));
        document.setType(problem.type());
        document.setTitle(problem.title());
        document.setProperty("action", refusal.action());
        refusal.members().forEach(document::setProperty);
        return document;
    }

    private static String seconds(Duration pause) {
        return Long.toString(Math.max(1, pause.plusMillis(999).toSeconds()));
    }
}
