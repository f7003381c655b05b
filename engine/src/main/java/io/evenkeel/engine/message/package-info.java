/**
 * Decides whether a message is accepted: its round, its place in the sender's chain, and its permitted
 * content.
 */
@NullMarked
package io.evenkeel.engine.message;

import org.jspecify.annotations.NullMarked;
