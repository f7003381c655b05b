// The figures of runs that a chart can show, and its x axes.
import {t} from './text.js';

const FIGURES = {
  loss: series => series.loss,
  directionNorm: series => series.directionNorm,
  gamma: series => series.gamma,
  smoothness: series => series.smoothnessMax,
  epsilon: series => series.epsilon,
};
const NAMES = {loss: 'loss', directionNorm: 'gradient_norm', gamma: 'gamma', smoothness: 'smoothness', epsilon: 'epsilon'};

export const AXES = {
  round: {column: series => series.round, kind: 'count', name: 'against_round', axis: 'round'},
  bytes: {column: series => series.uplinkBytes, kind: 'bytes', name: 'against_bytes', axis: 'uplink'},
  tokens: {column: series => series.tokens, kind: 'count', name: 'against_tokens', axis: 'trained_tokens'},
  time: {column: series => series.seconds, kind: 'seconds', name: 'against_time', axis: 'time'},
};

/** Returns the keys of the x axes; tokens only if the devices of each run have reported trained tokens. */
export const axes = all => Object.keys(AXES).filter(key => key !== 'tokens' || all.every(series => series.tokens?.at(-1) > 0));

/** Returns the figures that any of the series has: the first standard figure, the metrics, and the other figures. */
export function figures(all) {
  const metrics = [...new Set(all.flatMap(series => Object.keys(series.metrics)))].sort().map(name => 'metric:' + name);
  const others = Object.keys(FIGURES).filter(key => all.some(series => FIGURES[key](series).some(Number.isFinite)));
  return [...others.slice(0, 1), ...metrics, ...others.slice(1)];
}

export const figureName = figure => (figure.startsWith('metric:') ? figure.slice(7) : t(NAMES[figure]));

/** Returns a figure's column; all null if a run does not have the figure. */
export function figure(series, name) {
  const column = name.startsWith('metric:') ? series.metrics[name.slice(7)] : FIGURES[name]?.(series);
  return (column || series.round.map(() => null)).map(value => (Number.isFinite(value) ? value : null));
}
