/** The demonstration: a fleet of simulated devices trains on handwritten digits through a real coordinator. */
@NullMarked
package io.evenkeel.cli.demo;

import org.jspecify.annotations.NullMarked;
