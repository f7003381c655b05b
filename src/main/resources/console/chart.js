// A plot of curves by uPlot, in the page's colours.
import {html, useEffect, useRef} from './standalone.module.js';
import uPlot from './uPlot.esm.js';
import {bytes, number, seconds} from './format.js';
import {state} from './store.js';

const COLOURS = ['--series-1', '--series-2', '--series-3', '--series-4', '--series-5', '--series-6'];
const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 5], [14, 4]];
const FORMATS = {bytes, seconds, number};

const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/**
 * Draws curves over one axis.
 *
 * data: columns as uPlot takes them; series: [{label}], kinds: {x, y} of number, bytes or seconds; log: whether the y axis is logarithmic.
 */
export function Chart({label, data, series, kinds = {}, log = false, height = 280}) {
  const ref = useRef(null);
  const plot = useRef(null);
  const [x, y] = [FORMATS[kinds.x || 'number'], FORMATS[kinds.y || 'number']];
  const shape = JSON.stringify([series.map(one => one.label), kinds, log, height, state.theme, state.language]);

  useEffect(() => {
    const axis = {stroke: colour('--soft'), grid: {stroke: colour('--line'), width: 1}, ticks: {stroke: colour('--line')}, font: '12px system-ui'};
    const made = new uPlot({
      width: Math.max(200, ref.current.clientWidth),
      height,
      scales: {x: {time: false}, y: {distr: log ? 3 : 1}},
      axes: [
        {...axis, values: (_, ticks) => ticks.map(x), space: 70},
        {...axis, values: (_, ticks) => ticks.map(tick => (tick === null ? '' : y(tick))), size: 74},
      ],
      series: [
        {label: label.x, value: (_, value) => (value === null ? '–' : x(value))},
        ...series.map((one, i) => ({
          label: one.label,
          stroke: colour(COLOURS[i % COLOURS.length]),
          dash: DASHES[i % DASHES.length],
          width: 1.8,
          spanGaps: true,
          points: {show: plotted => plotted.data[0].length < 30},
          value: (_, value) => (value === null || value === undefined ? '–' : y(value)),
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

/** Puts several curves, each with an x axis of its own, on the union of their axes. */
export function joined(tables) {
  return tables.length === 1 ? tables[0] : uPlot.join(tables);
}

/** Hides what a logarithmic axis cannot show. */
export const positive = column => column.map(value => (value > 0 ? value : null));
