// Plots curves with uPlot in the page's colours.
import {html, useEffect, useRef} from './standalone.module.js';
import uPlot from './uPlot.esm.js';
import {bytes, number, seconds} from './format.js';
import {state} from './store.js';

const COLOURS = ['--series-1', '--series-2', '--series-3', '--series-4', '--series-5', '--series-6'];
const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 5], [14, 4]];
const FORMATS = {bytes, seconds, number, count: number};

const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const POWERS = Array.from({length: 16}, (_, i) => 10 ** i);
const WHOLE = POWERS.flatMap(power => [1, 2, 5].map(step => step * power));
const CLOCK = [1, 2, 5, 10, 15, 30, ...[1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440].map(minutes => 60 * minutes), ...POWERS.flatMap(power => [2, 5, 10].map(days => 86400 * days * power))];
/** Readable distances between ticks, in rounds, bytes or seconds. */
const STEPS = {count: WHOLE, bytes: WHOLE, seconds: CLOCK};

/** The range of counts and bytes starts at 0; other ranges have a margin. */
const range = (kind, log) => (log || kind === 'number' ? undefined : (_, _low, high) => [0, high > 0 ? 1.05 * high : 1]);

/** The newest value of a column. */
const newest = column => column.findLast(value => value !== null && value !== undefined);

/**
 * Draws curves over one x axis. The legend shows the values under the pointer, otherwise the newest values.
 *
 * label: {x, y} are the axes' titles, text is for screen readers; data: columns in uPlot's format; series: [{label}];
 * kinds: {x, y}, each number, count, bytes or seconds; log: whether the y axis is logarithmic.
 */
export function Chart({label, data, series, kinds = {}, log = false, height = 280}) {
  const ref = useRef(null);
  const plot = useRef(null);
  const [xKind, yKind] = [kinds.x || 'count', kinds.y || 'number'];
  const [x, y] = [FORMATS[xKind], FORMATS[yKind]];
  const shape = JSON.stringify([label.x, label.y, series.map(one => one.label), kinds, log, height, state.theme, state.language]);

  useEffect(() => {
    const axis = {stroke: colour('--soft'), grid: {stroke: colour('--line'), width: 1}, ticks: {stroke: colour('--line')}, font: '12px system-ui', labelFont: '12px system-ui', labelSize: 20};
    // Shows the newest value if the pointer is not on the plot.
    const shown = format => (plotted, value, i, at) => format(at === null || at === undefined ? newest(plotted.data[i]) : value);
    const made = new uPlot({
      width: Math.max(200, ref.current.clientWidth),
      height,
      scales: {x: {time: false}, y: {distr: log ? 3 : 1, range: range(yKind, log)}},
      axes: [
        {...axis, label: label.x, incrs: STEPS[xKind], values: (_, ticks) => ticks.map(x), space: 70, size: 32},
        {...axis, label: label.y, incrs: log ? undefined : STEPS[yKind], values: (_, ticks) => ticks.map(tick => (tick === null ? '' : y(tick))), size: 66},
      ],
      series: [
        {label: label.x, value: shown(x)},
        ...series.map((one, i) => ({
          label: one.label,
          stroke: colour(COLOURS[i % COLOURS.length]),
          dash: DASHES[i % DASHES.length],
          width: 1.8,
          spanGaps: true,
          points: {show: plotted => plotted.data[0].length < 30},
          value: shown(y),
        })),
      ],
    }, data, ref.current);
    plot.current = made;
    const fit = new ResizeObserver(() => made.setSize({width: Math.max(200, ref.current.clientWidth), height}));
    fit.observe(ref.current);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const redraw = () => made.redraw();
    scheme.addEventListener('change', redraw);
    return () => { fit.disconnect(); scheme.removeEventListener('change', redraw); made.destroy(); };
  }, [shape]);

  useEffect(() => { plot.current?.setData(data, true); }, [data]);

  return html`<div class="plot" ref=${ref} role="img" aria-label=${label.text}></div>`;
}

/** Aligns several curves, each with its own x values, on the union of these values. */
export function joined(tables) {
  return tables.length === 1 ? tables[0] : uPlot.join(tables);
}

/** Hides values that a logarithmic axis cannot show. */
export const positive = column => column.map(value => (value > 0 ? value : null));
