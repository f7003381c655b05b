import {html, useState} from '../standalone.module.js';
import {ago, number, plain, time} from '../format.js';
import {t} from '../text.js';

const SHOWN = 10;

/** The newest events of a run, and its refused messages by reason. */
export function Events({follow}) {
  const [all, setAll] = useState(false);
  const told = follow.events.filter(one => one.type !== 'round.opened');
  const refused = Object.entries(follow.refusals);
  return html`<section class="card"><div class="title"><h2>${t('events')}</h2>
      <span class="soft"><span class=${'live' + (follow.connected ? ' on' : '')}></span> ${t(follow.connected ? 'events_live' : 'events_polled')}</span></div>
    ${refused.length > 0 && html`<p>${t('refused')} <span class="tags">${refused.map(([reason, count]) => html`<span>${t('refused_' + reason)}: ${number(count)}</span>`)}</span></p>`}
    ${told.length === 0 ? html`<p class="soft">${t('no_events')}</p>` : html`<ul class="events">${told.slice(0, all ? undefined : SHOWN).map(one => html`<li key=${one.id}>
      <time datetime=${one.at} title=${time(one.at)}>${ago(one.at)}</time> <strong>${eventText(one)}</strong>${one.detail && one.type !== 'round.closed' && html` <span class="soft">${plain(one.detail)}</span>`}</li>`)}</ul>`}
    ${told.length > SHOWN && !all && html`<button onClick=${() => setAll(true)}>${t('more')}</button>`}
  </section>`;
}

function eventText({type, round, figures}) {
  if (type === 'round.closed') {
    return t(Number.isFinite(figures?.loss) ? 'event_round_closed_loss' : 'event_round_closed', number(round), number(figures?.participants), number(figures?.loss));
  }
  return t('event_' + type.replace('.', '_'), number(round));
}
