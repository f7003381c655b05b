package io.evenkeel.client.internal.jdk;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks a class that is loaded on the JDK only, so that the build does not check it against Android's API. */
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface JdkOnly {}
