package io.evenkeel.trial.experiment;

import java.util.List;

/**
 * Clients that follow the protocol but report harmful values instead of their gradients. They know the gradients of all
 * honest participants.
 *
 * @param attack {@code sign-flip}: minus strength times their own gradient; {@code inner-product}: minus strength times
 *     the mean of the honest gradients (Xie, Koyejo, Gupta, UAI 2019); {@code little}: that mean minus strength times
 *     the standard deviation in each coordinate (Baruch, Baruch, Goldberg, NeurIPS 2019)
 * @param share the share of hostile clients, which are the last ones; more than 0 and less than 0.5
 * @param strength finite and above 0
 */
public record HostileSettings(String attack, double share, double strength) {

    public HostileSettings {
        Check.oneOf("fleet.hostile", attack, List.of("sign-flip", "inner-product", "little"));
        Check.that(
                share > 0 && share < 0.5,
                "the share in fleet.hostile is " + share + ", expected more than 0 and less than 0.5");
        Check.that(
                strength > 0 && strength < Double.POSITIVE_INFINITY,
                "the strength in fleet.hostile is " + strength + ", expected a finite number above 0");
    }

    /**
     * Reads {@code ATTACK:SHARE:STRENGTH}, such as {@code sign-flip:0.1:10}.
     *
     * @throws IllegalArgumentException if it is malformed; the message says where
     */
    public static HostileSettings parse(String text) {
        String[] parts = text.split(":", -1);
        Check.that(
                parts.length == 3,
                "fleet.hostile is '" + text + "', expected ATTACK:SHARE:STRENGTH such as sign-flip:0.1:10");
        return new HostileSettings(parts[0], number(text, parts[1]), number(text, parts[2]));
    }

    private static double number(String text, String part) {
        try {
            return Double.parseDouble(part);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("fleet.hostile '" + text + "': '" + part + "' is not a number", e);
        }
    }

    /** Returns the number of hostile clients, at least 1. */
    public int count(int clients) {
        return Math.max(1, (int) (share * clients));
    }
}
