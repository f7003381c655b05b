import {html} from '../standalone.module.js';
import {number} from '../format.js';
import {useResource} from '../parts.js';
import {t} from '../text.js';

/** L0 and L1 with their intervals, for runs whose devices report smoothness ratios. */
export function Smoothness({base, series, live}) {
  const reported = series.smoothnessMax.some(Number.isFinite);
  const {value} = useResource(reported ? base + '/smoothness' : null, live ? 30_000 : 0);
  if (!value) return null;
  if (value.l0 === undefined) return html`<section class="card"><h2>${t('smoothness_estimate')}</h2><p class="soft">${t('smoothness_too_few', number(value.points))}</p></section>`;
  const interval = (low, high) => html`<small>${t('interval', number(low), number(high))}</small>`;
  return html`<section class="card"><h2>${t('smoothness_estimate')}</h2><dl class="figures">
      <div><dt>L0</dt><dd>${number(value.l0)}${interval(value.l0Low, value.l0High)}</dd></div>
      <div><dt>L1</dt><dd>${number(value.l1)}${interval(value.l1Low, value.l1High)}</dd></div>
      <div><dt>${t('smoothness_plain')}</dt><dd>${number(value.plain)}</dd></div></dl>
    <p>${t(value.betterThanPlain ? 'smoothness_better' : 'smoothness_not_better')}</p></section>`;
}
