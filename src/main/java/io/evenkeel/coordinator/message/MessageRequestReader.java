package io.evenkeel.coordinator.message;

import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.Report;
import io.evenkeel.engine.chain.ModelName;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.message.PrivacyRules;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads a message from a request and checks everything about it that does not depend on other messages or on
 * the sender: the media type, the size (while reading), the frame, and the limits of the plan. Changes
 * nothing. Thread-safe.
 */
@Component
class MessageRequestReader {

    static final String BINARY_VALUE = "application/vnd.evenkeel.message";
    static final MediaType BINARY = MediaType.parseMediaType(BINARY_VALUE);

    /**
     * The maximum magnitude of a value. It is larger than any value of a gradient, and small enough that no
     * sum over a run's members and rounds overflows to infinity.
     */
    static final double LARGEST_VALUE = 1e100;

    static final String ACTION = "compress as the plan requires: GET …/members/me shows it";

    /**
     * The decoded size per character of JSON: a number with its separator has at least two characters and
     * becomes a double in a growing array.
     */
    private static final int JSON_BLOW_UP = 8;

    private static final long MAX_JSON_BYTES = 64L << 20;

    /** The decoded size of an index with its value. */
    private static final long BYTES_PER_VALUE = Integer.BYTES + Double.BYTES;

    /** The maximum decoded size of one byte of a frame: eight one-bit values become doubles. */
    private static final long MAX_MEMORY_PER_BYTE = 64;

    private final int maxJsonBytes;
    private final JsonMapper json;

    MessageRequestReader(JsonMapper json, MessageMemory memory) {
        this.maxJsonBytes = (int) Math.min(MAX_JSON_BYTES, memory.maxReading() / JSON_BLOW_UP);
        this.json = json;
    }

    /**
     * Reads a message of a member.
     *
     * @param hold counts the bytes read
     * @throws ProblemException {@code too-large}, {@code invalid-frame}, {@code plan-exceeded},
     *     {@code invalid}, {@code malformed}
     * @throws HttpMediaTypeNotSupportedException if the body has another media type
     */
    QueuedMessage read(
            PlanCache.Known known, String client, ModelName model, HttpServletRequest request, MessageMemory.Hold hold)
            throws IOException, HttpMediaTypeNotSupportedException {
        ValidatedPlan plan = known.plan();
        requireClear(plan);
        if (isJson(request)) {
            int limit = Math.min(plan.maxJsonBytes(), maxJsonBytes);
            Message message = parse(hold.read(request, limit, ACTION, JSON_BLOW_UP), plan, request);
            return new QueuedMessage(
                    known.run(), plan, client, model, checked(message, plan, model.round()), message.encode());
        }
        return read(known, client, model, hold.read(request, plan.maxMessageBytes(), ACTION), hold);
    }

    /**
     * Decodes a binary message of a member.
     *
     * @param bytes the message, already counted
     * @param hold counts the decoded bytes
     * @throws ProblemException {@code invalid-frame}, {@code plan-exceeded}
     */
    QueuedMessage read(PlanCache.Known known, String client, ModelName model, byte[] bytes, MessageMemory.Hold hold) {
        ValidatedPlan plan = known.plan();
        requireClear(plan);
        hold.take(Math.min(BYTES_PER_VALUE * plan.compressor().maxCount(), MAX_MEMORY_PER_BYTE * bytes.length));
        return new QueuedMessage(
                known.run(), plan, client, model, checked(decode(bytes, plan), plan, model.round()), bytes);
    }

    private static void requireClear(ValidatedPlan plan) {
        if (plan.secureAggregation() != null) {
            throw ProblemKind.PLAN_EXCEEDED
                    .because(
                            "run '" + plan.name() + "' has secure aggregation, and accepts no unmasked message",
                            "mask the message: update the device to an SDK with secure aggregation")
                    .with("field", "secureAggregation");
        }
    }

    private static Message checked(Message message, ValidatedPlan plan, int round) {
        CompressedVector delta = message.delta();
        for (int j = 0; j < delta.count(); j++) {
            if (Math.abs(delta.value(j)) > LARGEST_VALUE) {
                throw ProblemKind.PLAN_EXCEEDED
                        .because(
                                "value " + j + " of the message is " + delta.value(j) + ", but none may exceed "
                                        + LARGEST_VALUE,
                                "find out why the gradient is so large; the training has diverged on this device")
                        .with("field", "values[" + j + "]");
            }
        }
        PrivacyRules.check(message, plan, round);
        requireCount(message, Report.STEPS);
        requireCount(message, Report.TOKENS);
        return message;
    }

    private static void requireCount(Message message, String metric) {
        double count = message.report().metrics().getOrDefault(metric, 0.0);
        if (!(count >= 0 && count <= Report.MAX_COUNT)) {
            throw ProblemKind.INVALID
                    .because(
                            "metrics." + metric + ": is " + count + ", expected a count from 0 to " + Report.MAX_COUNT,
                            "correct it, or rename the figure")
                    .with("field", "metrics." + metric);
        }
    }

    private static boolean isJson(HttpServletRequest request) throws HttpMediaTypeNotSupportedException {
        MediaType type = mediaType(request.getContentType());
        if (type != null && BINARY.equalsTypeAndSubtype(type)) {
            return false;
        }
        if (type != null && MediaType.APPLICATION_JSON.equalsTypeAndSubtype(type)) {
            return true;
        }
        throw new HttpMediaTypeNotSupportedException(type, List.of(BINARY, MediaType.APPLICATION_JSON));
    }

    private static @Nullable MediaType mediaType(@Nullable String text) {
        try {
            return text == null ? null : MediaType.parseMediaType(text);
        } catch (InvalidMediaTypeException e) {
            return null;
        }
    }

    private static Message decode(byte[] bytes, ValidatedPlan plan) {
        try {
            return Message.decode(
                    bytes, new FrameLimits(plan.dimension(), plan.compressor().maxCount(), plan.maxMessageBytes()));
        } catch (WireException e) {
            ProblemKind problem = e.fault() == WireException.Fault.LIMIT_EXCEEDED
                    ? ProblemKind.PLAN_EXCEEDED
                    : ProblemKind.INVALID_FRAME;
            throw problem.because(
                            e.getMessage() == null ? e.fault().name() : e.getMessage(),
                            e.fault().action())
                    .with("position", e.position());
        }
    }

    private Message parse(byte[] body, ValidatedPlan plan, HttpServletRequest request) {
        @Nullable JsonMessage message;
        try {
            message = json.readValue(body, JsonMessage.class);
        } catch (JacksonException e) {
            throw new HttpMessageNotReadableException(
                    "the message is not readable", e, new ServletServerHttpRequest(request));
        }
        if (message == null) {
            throw ProblemKind.MALFORMED.because(
                    "the body is null, expected an object", "send a message as specified in GET /openapi.json");
        }
        try {
            Message converted = message.toMessage(plan.dimension());
            requireWithinPlan(converted, plan);
            return converted;
        } catch (JsonMessageException e) {
            throw ProblemKind.INVALID
                    .because(e.field() + ": " + e.getMessage(), "correct the field and send the message again")
                    .with("field", e.field());
        }
    }

    private static void requireWithinPlan(Message message, ValidatedPlan plan) {
        int count = message.delta().count();
        int most = plan.compressor().maxCount();
        if (count > most) {
            throw ProblemKind.PLAN_EXCEEDED
                    .because(
                            "the message has " + count + " values, but the plan's compressor "
                                    + plan.compressor().spec() + " sends at most " + most,
                            "compress as the plan requires")
                    .with("field", "values");
        }
    }
}
