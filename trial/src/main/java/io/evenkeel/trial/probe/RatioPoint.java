package io.evenkeel.trial.probe;

/**
 * A local smoothness ratio between two models x and y one step apart.
 *
 * @param client the client whose loss has this ratio, or {@link #FLEET} for the fleet's loss
 * @param round the round whose step led from x to y
 * @param gradNorm the larger of ||grad f(x)|| and ||grad f(y)||
 * @param ratio ||grad f(x) - grad f(y)|| / ||x - y||
 */
public record RatioPoint(int client, int round, double gradNorm, double ratio) {

    /** Stands for the fleet instead of a client. */
    public static final int FLEET = -1;
}
