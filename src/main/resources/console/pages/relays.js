import {html} from '../standalone.module.js';
import {ago, bytes, number, plain, time} from '../format.js';
import {Loaded, useResource} from '../parts.js';
import {t} from '../text.js';

/** The relays below this coordinator, and the upstream run if this coordinator is itself a relay. */
export function RelaysPage() {
  const relays = useResource('/relays', 10_000);
  return html`<div class="title"><h1>${t('relays')}</h1></div><p class="soft">${t('relays_hint')}</p>
    <${Loaded} resource=${relays}>${found => html`
      ${found.upstream && html`<${Upstream} upstream=${found.upstream} />`}
      <${Below} relays=${found.relays} />`}<//>`;
}

const State = ({of: {connected}}) => html`<span class=${'state ' + (connected ? 'running' : 'failed')}>${t(connected ? 'connected' : 'silent')}</span>`;
const runLink = name => html`<a href=${'#/runs/' + encodeURIComponent(name)}>${plain(name)}</a>`;

function Upstream({upstream}) {
  return html`<section class="card"><div class="title"><h2>${t('upstream')}</h2><${State} of=${upstream} /></div>
    ${upstream.problem && html`<div class="note bad" role="status">${plain(upstream.problem)}</div>`}
    <dl class="figures">
      <div><dt>${t('upstream_coordinator')}</dt><dd>${plain(upstream.url)}</dd></div>
      <div><dt>${t('run')}</dt><dd>${runLink(upstream.run)}</dd></div>
      <div><dt>${t('last_contact')}</dt><dd class=${upstream.connected ? '' : 'bad'} title=${time(upstream.lastContactAt)}>${ago(upstream.lastContactAt)}</dd></div>
      <div><dt>${t('upstream_round')}</dt><dd>${number(upstream.round)}<small>${upstream.lag > 0 && t('lag', number(upstream.lag))}</small></dd></div>
      <div><dt>${t('members')}</dt><dd>${number(upstream.members)}<small>${t('devices_below', number(upstream.devices))}</small></dd></div>
      <div><dt>${t('sent')}</dt><dd>${bytes(upstream.sentBytes)}</dd></div>
      <div><dt>${t('received')}</dt><dd>${bytes(upstream.receivedBytes)}</dd></div>
    </dl>
    ${upstream.models.length > 0 && html`<h3>${t('mirrored_models')}</h3><ul class="events">${upstream.models.map(one => html`<li key=${one.model + one.alias}>
      <a href=${'#/models/' + encodeURIComponent(one.model)}>${plain(one.model)}</a> @${plain(one.alias)}: ${one.version ?? t('none')}
      ${one.rollout && html` <a href=${'#/rollouts/' + encodeURIComponent(one.rollout)}>${t('rollout')}</a>`}
      ${one.problem && html`<div class="note bad" role="status">${plain(one.problem)}</div>`}</li>`)}</ul>`}</section>`;
}

function Below({relays}) {
  if (relays.length === 0) return html`<section class="card"><p class="soft">${t('no_relays')}</p></section>`;
  return html`<section class="card"><h2>${t('relays_below')}</h2><div class="scroll" tabindex="0"><table class="stack">
    <thead><tr><th>${t('relay')}</th><th>${t('run')}</th><th>${t('state')}</th><th class="number">${t('members')}</th><th class="number">${t('devices')}</th><th>${t('last_round')}</th><th class="number">${t('sent')}</th><th class="number">${t('received')}</th><th>${t('last_seen')}</th></tr></thead>
    <tbody>${relays.map(one => html`<tr key=${one.run + one.client}>
      <td class="wide" data-label=${t('relay')}><a href=${'#/devices/' + one.client}>${plain(one.name || one.client)}</a></td>
      <td data-label=${t('run')}>${runLink(one.run)}</td><td data-label=${t('state')}><${State} of=${one} /></td>
      <td class="number" data-label=${t('members')}>${number(one.members)}</td><td class="number" data-label=${t('devices')}>${number(one.devices)}</td>
      <td data-label=${t('last_round')}>${t('round_of', one.lastRound ?? t('none'), number(one.round))} ${one.lag > 1 && html`<span class="soft">(${t('lag', number(one.lag))})</span>`}</td>
      <td class="number" data-label=${t('sent')}>${bytes(one.sentBytes)}</td><td class="number" data-label=${t('received')}>${bytes(one.receivedBytes)}</td>
      <td data-label=${t('last_seen')} title=${time(one.lastSeenAt)}>${ago(one.lastSeenAt)}</td></tr>`)}</tbody></table></div></section>`;
}
