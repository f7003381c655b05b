package io.evenkeel.testkit.chaos.rollout;

import io.evenkeel.client.Request;
import io.evenkeel.client.Response;
import io.evenkeel.client.Transport;
import io.evenkeel.testkit.chaos.rollout.CrashLottery.Step;
import java.io.IOException;

/** A transport whose device may be killed before and after each of its reports. */
final class LotteryTransport implements Transport {

    private final Transport link;
    private final CrashLottery lottery;

    LotteryTransport(Transport link, CrashLottery lottery) {
        this.link = link;
        this.lottery = lottery;
    }

    @Override
    public Response exchange(Request request) throws IOException, InterruptedException {
        boolean reports = request.uri().getPath().endsWith("/reports/me");
        if (reports) {
            lottery.reached(Step.BEFORE_SENDING);
        }
        Response answer = link.exchange(request);
        if (reports) {
            lottery.reached(Step.AFTER_ANSWER);
        }
        return answer;
    }

    @Override
    public void abort() {
        link.abort();
    }

    @Override
    public void close() {
        link.close();
    }
}
