/** HTTP infrastructure: body limits, media types, suspended requests and their responses. */
@NullMarked
package io.evenkeel.coordinator.platform.http;

import org.jspecify.annotations.NullMarked;
