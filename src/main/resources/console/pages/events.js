import {html, useState} from '../standalone.module.js';
import {kindOf} from '../events.js';
import {ago, number, time} from '../format.js';
import {Said} from '../parts.js';
import {t} from '../text.js';

const SHOWN = 10;

/** The newest events of a run, and its refused messages by reason. */
export function Events({follow}) {
  const [all, setAll] = useState(false);
  const [kind, setKind] = useState('');
  const chosen = follow.events.filter(one => !kind || kindOf(one.type) === kind);
  const refused = Object.entries(follow.refusals);
  return html`<section class="card"><div class="title"><h2>${t('events')}</h2><div>
      <span class="soft"><span class=${'live' + (follow.connected ? ' on' : '')}></span> ${t(follow.connected ? 'events_live' : 'events_polled')}</span>
      <select aria-label=${t('event_kind')} value=${kind} onChange=${event => setKind(event.target.value)}>${['', 'run', 'trouble', 'rounds'].map(key =>
        html`<option value=${key} selected=${key === kind}>${key ? t('events_' + key) : `${t('event_kind')}: ${t('all')}`}</option>`)}</select></div></div>
    ${refused.length > 0 && html`<p>${t('refused')} <span class="tags">${refused.map(([reason, count]) => html`<span>${t('refused_' + reason)}: ${number(count)}</span>`)}</span></p>`}
    ${chosen.length === 0 ? html`<p class="soft">${t(kind ? 'none_match' : 'no_events')}</p>` : html`<ul class="events">${chosen.slice(0, all ? undefined : SHOWN).map(one => html`<li key=${one.id} class=${kindOf(one.type)}>
      <time datetime=${one.at} title=${time(one.at)}>${ago(one.at)}</time> <span class="what">${eventText(one)}</span>${one.detail && one.type !== 'round.closed' && html` <${Said} className="soft" text=${one.detail} />`}</li>`)}</ul>`}
    ${chosen.length > SHOWN && !all && html`<button onClick=${() => setAll(true)}>${t('more')}</button>`}
  </section>`;
}

function eventText({type, round, first, figures}) {
  if (type !== 'round.closed') return t('event_' + type.replace('.', '_'), number(round));
  const loss = Number.isFinite(figures?.loss) ? '_loss' : '';
  return t((first === undefined ? 'event_round_closed' : 'event_rounds_closed') + loss, number(round), number(figures?.participants), number(figures?.loss), number(first));
}
