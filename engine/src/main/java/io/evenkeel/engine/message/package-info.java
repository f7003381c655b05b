/** Decides whether a message is accepted: its round, its place in the sender's chain, and what it may contain. */
@NullMarked
package io.evenkeel.engine.message;

import org.jspecify.annotations.NullMarked;
