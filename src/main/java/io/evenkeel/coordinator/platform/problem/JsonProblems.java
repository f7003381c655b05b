package io.evenkeel.coordinator.platform.problem;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.converter.HttpMessageNotReadableException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.exc.ValueInstantiationException;

/** Explains why a JSON body was refused: where it is no JSON, or which field has a wrong value. */
public final class JsonProblems {

    private JsonProblems() {}

    static ProblemException of(HttpMessageNotReadableException unreadable) {
        if (unreadable.getCause() instanceof ProblemException refusal) {
            return refusal;
        }
        if (unreadable.getCause() instanceof JacksonException json) {
            return of(json);
        }
        return ProblemKind.MALFORMED.because(
                "the request has no body, or the body could not be read to its end",
                "send the JSON object that GET /openapi.json describes for this path");
    }

    /** Explains what is wrong with a document that was parsed or converted. */
    public static ProblemException of(JacksonException json) {
        if (json instanceof StreamConstraintsException) {
            return tooMuch(json);
        }
        if (json instanceof UnrecognizedPropertyException unknown) {
            return unknownProperty(unknown);
        }
        if (json instanceof ValueInstantiationException invalid) {
            return invalid(json, reason(invalid));
        }
        if (json instanceof InvalidFormatException format) {
            return invalid(
                    json,
                    "is " + ExpectedValue.echo(format.getValue()) + ", expected "
                            + ExpectedValue.of(format.getTargetType()));
        }
        if (json instanceof MismatchedInputException mismatch && !json.getPath().isEmpty()) {
            return invalid(json, "is not " + ExpectedValue.of(mismatch.getTargetType()));
        }
        if (json instanceof InputCoercionException && !json.getPath().isEmpty()) {
            return invalid(json, "is out of range: " + json.getOriginalMessage());
        }
        return notJson(json);
    }

    private static ProblemException tooMuch(JacksonException json) {
        ProblemKind problem =
                json.getOriginalMessage().startsWith("Document length") ? ProblemKind.TOO_LARGE : ProblemKind.MALFORMED;
        return at(
                json,
                problem.because(
                        "the JSON body goes beyond a limit: " + json.getOriginalMessage() + place(json.getLocation()),
                        "send less; messages of many values are better sent as application/vnd.evenkeel.message"));
    }

    private static ProblemException notJson(JacksonException json) {
        String what = json instanceof MismatchedInputException mismatch
                ? "the body is not " + ExpectedValue.of(mismatch.getTargetType())
                : "the body is not JSON: " + json.getOriginalMessage();
        return at(
                json,
                ProblemKind.MALFORMED.because(what + place(json.getLocation()), "correct the JSON and send it again"));
    }

    private static ProblemException unknownProperty(UnrecognizedPropertyException unknown) {
        String field = path(unknown.getPath());
        String known = unknown.getKnownPropertyIds() == null
                ? ""
                : unknown.getKnownPropertyIds().stream()
                        .map(String::valueOf)
                        .sorted()
                        .collect(Collectors.joining(", "));
        return at(
                unknown,
                ProblemKind.INVALID
                        .because(
                                "'" + field + "' is not a known field" + place(unknown.getLocation())
                                        + "; the fields here are: " + known,
                                "leave '" + field + "' out or correct its name, and send the request again")
                        .with("field", field));
    }

    private static String reason(ValueInstantiationException invalid) {
        Throwable cause = invalid.getCause();
        return cause instanceof IllegalArgumentException ours && ours.getMessage() != null
                ? "is not valid: " + ours.getMessage()
                : "is not " + ExpectedValue.of(invalid.getType().getRawClass());
    }

    private static ProblemException invalid(JacksonException json, String why) {
        String field = path(json.getPath());
        ProblemException refusal = ProblemKind.INVALID.because(
                (field.isEmpty() ? "the body" : "'" + field + "'") + " " + why + place(json.getLocation()),
                "correct it and send the request again");
        return at(json, field.isEmpty() ? refusal : refusal.with("field", field));
    }

    private static ProblemException at(JacksonException json, ProblemException refusal) {
        TokenStreamLocation location = json.getLocation();
        return location == null || location.getLineNr() < 1
                ? refusal
                : refusal.with("line", location.getLineNr()).with("column", location.getColumnNr());
    }

    private static String place(@Nullable TokenStreamLocation location) {
        return location == null || location.getLineNr() < 1
                ? ""
                : " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
    }

    /** Writes a path the way people do: {@code tensors[2].shape}. */
    private static String path(List<JacksonException.Reference> path) {
        StringBuilder text = new StringBuilder();
        for (JacksonException.Reference step : path) {
            if (step.getPropertyName() == null) {
                text.append('[').append(step.getIndex()).append(']');
            } else {
                text.append(text.isEmpty() ? "" : ".").append(step.getPropertyName());
            }
        }
        return text.toString();
    }
}
