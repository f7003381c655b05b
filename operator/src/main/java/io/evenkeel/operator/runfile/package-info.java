/** The file of an exported run: its records and checksums. What the records say is the coordinator's business. */
@NullMarked
package io.evenkeel.operator.runfile;

import org.jspecify.annotations.NullMarked;
