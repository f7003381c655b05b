/** Who is calling: bearer tokens of the operator and of devices, and what each may do. */
@NullMarked
package io.evenkeel.coordinator.security;

import org.jspecify.annotations.NullMarked;
