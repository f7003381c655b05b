package io.evenkeel.coordinator.platform.http;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Sets the maximum size of an endpoint's request body, which the OpenAPI document states. Annotates the
 * method.
 *
 * <p>A larger body is refused with {@code too-large}: before it is read if its length is declared, otherwise at the
 * first byte beyond the limit. An endpoint without this annotation cannot read a body.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface BodyLimit {

    /** Enough for a JSON object with a few short fields, even if each character is a six-byte escape. */
    long SMALL = 4096;

    /** The endpoint applies a limit derived from the run's plan, with {@link BodyLimits#apply}. */
    long BY_PLAN = -1;

    /** No limit, for bodies that are streamed and come from an operator. */
    long NONE = Long.MAX_VALUE;

    /** Returns the limit in bytes, {@link #BY_PLAN} or {@link #NONE}. */
    long value();

    /** Describes the limit for the OpenAPI document if {@link #value} is not a number of bytes. */
    String reason() default "";
}
