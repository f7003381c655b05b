package io.evenkeel.client;

/**
 * Draws the sample of a round, such as a minibatch.
 *
 * @param <S> the type of a sample: a batch, the indices of one, or a seed
 */
@FunctionalInterface
public interface SampleSource<S> {

    /**
     * Draws a sample. Called once per round, on the thread that called {@link EvenkeelClient#train}.
     *
     * @param round the round, from 0; a device may miss rounds, and draws again if it crashed before the
     *     message was saved
     * @throws Exception if it fails; the training then ends with an {@link EvenkeelException}, and nothing is sent
     */
    S draw(int round) throws Exception;
}
