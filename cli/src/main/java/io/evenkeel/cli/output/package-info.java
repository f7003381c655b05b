/** Output of commands: tables for people, JSON and YAML for programs. */
@NullMarked
package io.evenkeel.cli.output;

import org.jspecify.annotations.NullMarked;
