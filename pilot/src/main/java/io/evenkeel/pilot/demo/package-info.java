/** The demonstration: a fleet of simulated devices trains on handwritten digits through a real coordinator. */
@NullMarked
package io.evenkeel.pilot.demo;

import org.jspecify.annotations.NullMarked;
