/**
 * Generates the description of the HTTP API at build time. Neither this package nor springdoc is in the jar, which
 * contains the finished document.
 */
@NullMarked
package io.evenkeel.coordinator.openapi;

import org.jspecify.annotations.NullMarked;
