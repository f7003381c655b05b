package io.evenkeel.tools.terminal;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * A command with its own class. Its help is as wide as the terminal, and lists its options in the order of
 * their fields.
 */
@Command(mixinStandardHelpOptions = true, usageHelpAutoWidth = true, sortOptions = false)
public abstract class StandardCommand implements Callable<Integer> {}
