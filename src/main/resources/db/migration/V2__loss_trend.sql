-- What the losses of a run's rounds have come to; no row before the first round that is closed. Divergence is judged by it, and the
-- model of the best round is kept.
CREATE TABLE loss_trend (
    run_id     BIGINT           NOT NULL PRIMARY KEY REFERENCES run (id),
    level      DOUBLE PRECISION NOT NULL, -- mean of the losses; new ones count most
    mass       DOUBLE PRECISION NOT NULL, -- 0 before the first loss, towards 1 with each
    noise      DOUBLE PRECISION NOT NULL, -- mean difference of one loss from the next, likewise
    newest     DOUBLE PRECISION NOT NULL, -- the last loss
    start      DOUBLE PRECISION NOT NULL, -- level of the first rounds
    best       DOUBLE PRECISION NOT NULL, -- smallest level
    best_round INTEGER          NOT NULL, -- of that level; -1 if there is none
    weight     DOUBLE PRECISION NOT NULL, -- of the members after the last round
    turnover   DOUBLE PRECISION NOT NULL  -- share of the weight that has come, gone or changed since the trend began
);
