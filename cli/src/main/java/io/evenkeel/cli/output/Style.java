package io.evenkeel.cli.output;

/** The colours of a text, or none for files and pipes. Colours never carry information that the text lacks. */
public enum Style {
    PLAIN,
    /** ANSI escape sequences. */
    COLOURED;

    /** The meaning of a part of a text. */
    public enum Tone {
        NORMAL(""),
        GOOD("32"),
        WARNING("33"),
        BAD("31"),
        FAINT("2"),
        STRONG("1");

        private final String code;

        Tone(String code) {
            this.code = code;
        }

        /** Returns the tone of the state of a run or a roll-out. */
        public static Tone ofState(String state) {
            return switch (state) {
                case "running", "finished", "passed", "connected" -> GOOD;
                case "paused", "created", "waiting" -> WARNING;
                case "failed", "stopped", "silent", "stalled" -> BAD;
                case "cancelled" -> FAINT;
                default -> NORMAL;
            };
        }
    }

    public String paint(Tone tone, String text) {
        return this == PLAIN || tone == Tone.NORMAL ? text : "\u001b[" + tone.code + "m" + text + "\u001b[0m";
    }
}
