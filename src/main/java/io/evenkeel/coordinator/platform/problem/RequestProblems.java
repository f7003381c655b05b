package io.evenkeel.coordinator.platform.problem;

import io.evenkeel.core.frame.WireException;
import io.evenkeel.engine.problem.DisplayText;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.TypeMismatchException;
import org.springframework.context.MessageSourceResolvable;
import org.springframework.http.MediaType;
import org.springframework.validation.BindingResult;
import org.springframework.validation.FieldError;
import org.springframework.validation.method.ParameterErrors;
import org.springframework.validation.method.ParameterValidationResult;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;

/** Explains the errors that Spring MVC finds in a request's parameters, fields and media types. */
final class RequestProblems {

    private static final String CORRECT = "correct it and send the request again";

    private RequestProblems() {}

    static ProblemException parameter(TypeMismatchException mismatch) {
        String name = mismatch instanceof MethodArgumentTypeMismatchException argument
                ? argument.getName()
                : String.valueOf(mismatch.getPropertyName());
        return ProblemKind.MALFORMED
                .because(
                        "parameter '" + name + "' is " + DisplayText.echo(mismatch.getValue()) + ", expected "
                                + ExpectedValue.of(mismatch.getRequiredType()),
                        CORRECT)
                .with("field", name);
    }

    static ProblemException missing(String kind, String name) {
        return ProblemKind.MALFORMED
                .because(kind + " '" + name + "' is missing", "add it and send the request again")
                .with("field", name);
    }

    static ProblemException frame(WireException invalid) {
        return ProblemKind.INVALID_FRAME
                .because(String.valueOf(invalid.getMessage()), invalid.fault().action())
                .with("position", invalid.position());
    }

    static ProblemException fields(BindingResult result) {
        List<Map<String, String>> errors = new ArrayList<>();
        result.getFieldErrors().forEach(error -> errors.add(error(error.getField(), withValue(error))));
        result.getGlobalErrors().forEach(error -> errors.add(error("", message(error))));
        return listed(ProblemKind.INVALID, errors);
    }

    static ProblemException arguments(HandlerMethodValidationException invalid) {
        List<Map<String, String>> errors = new ArrayList<>();
        boolean body = false;
        for (ParameterValidationResult result : invalid.getParameterValidationResults()) {
            if (result instanceof ParameterErrors fields) {
                body = true;
                fields.getFieldErrors().forEach(error -> errors.add(error(error.getField(), withValue(error))));
            } else {
                String name = String.valueOf(result.getMethodParameter().getParameterName());
                result.getResolvableErrors()
                        .forEach(error -> errors.add(
                                error(name, "is " + DisplayText.echo(result.getArgument()) + ", " + message(error))));
            }
        }
        return listed(body ? ProblemKind.INVALID : ProblemKind.MALFORMED, errors);
    }

    static ProblemException mediaType(@Nullable MediaType sent, List<MediaType> supported) {
        return ProblemKind.UNSUPPORTED_MEDIA_TYPE.because(
                (sent == null ? "the request has no Content-Type" : "the Content-Type is " + DisplayText.echo(sent))
                        + ", expected " + names(supported),
                "send the body as " + names(supported) + " and set Content-Type accordingly");
    }

    static ProblemException accept(List<MediaType> supported) {
        return ProblemKind.NOT_ACCEPTABLE.because(
                "the Accept header allows none of " + names(supported),
                supported.isEmpty() ? "leave the Accept header out" : "accept " + names(supported));
    }

    private static String names(List<MediaType> types) {
        return types.isEmpty()
                ? "another"
                : types.stream().map(MediaType::toString).distinct().collect(Collectors.joining(" or "));
    }

    private static ProblemException listed(ProblemKind problem, List<Map<String, String>> errors) {
        String detail = errors.stream()
                .map(error -> ("'" + error.get("field") + "' " + error.get("message")).replace("'' ", ""))
                .collect(Collectors.joining("; "));
        ProblemException refusal = problem.because(detail, "correct what 'errors' lists and send the request again");
        if (errors.size() == 1) {
            refusal.with("field", String.valueOf(errors.get(0).get("field")));
        }
        return refusal.with("errors", errors);
    }

    private static Map<String, String> error(String field, String message) {
        return Map.of("field", field, "message", message);
    }

    private static String withValue(FieldError error) {
        return error.getRejectedValue() == null
                ? message(error)
                : "is " + DisplayText.echo(error.getRejectedValue()) + ", " + message(error);
    }

    private static String message(MessageSourceResolvable error) {
        return String.valueOf(error.getDefaultMessage());
    }
}
