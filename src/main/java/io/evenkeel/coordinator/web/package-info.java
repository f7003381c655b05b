/** How HTTP and JSON look everywhere: strict JSON, durations as text, the OpenAPI document. */
@NullMarked
package io.evenkeel.coordinator.web;

import org.jspecify.annotations.NullMarked;
