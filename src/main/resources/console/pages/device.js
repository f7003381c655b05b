import {html} from '../standalone.module.js';
import {Attributes} from '../device-filter.js';
import {ago, number, plain, time} from '../format.js';
import {Loaded, State, useResource} from '../parts.js';
import {t} from '../text.js';
import {DeviceActions} from './devices.js';
import {Entries} from './log.js';

/** One device: what is known of it, the runs that it takes part in, and what operators did with it. */
export function DevicePage({client}) {
  const base = '/clients/' + encodeURIComponent(client);
  const device = useResource(base, 10_000);
  const runs = useResource(base + '/runs', 10_000);
  const log = useResource('/audit-log?client=' + encodeURIComponent(client));
  const ask = () => { device.ask(); runs.ask(); log.ask(); };
  return html`<${Loaded} resource=${device}>${one => html`
      <div class="title"><h1>${plain(one.name || client)}</h1><${DeviceActions} device=${one} done=${ask} /></div>
      <section class="card"><dl class="pairs">
        <dt>${t('device_id')}</dt><dd><code>${one.client}</code></dd>
        <dt>${t('for_run')}</dt><dd>${one.run || t('all')}</dd>
        <dt>${t('enrolled')}</dt><dd>${time(one.enrolledAt)}</dd>
        <dt>${t('last_seen')}</dt><dd title=${time(one.lastSeenAt)}>${ago(one.lastSeenAt)}</dd>
        ${one.revokedAt && html`<dt>${t('revoked')}</dt><dd>${time(one.revokedAt)}</dd>`}
        <dt>${t('attributes')}</dt><dd><${Attributes} of=${one} /></dd></dl></section>`}<//>
    <section class="card"><h2>${t('runs')}</h2><${Loaded} resource=${runs}>${all => (all.length === 0 ? html`<p class="soft">${t('in_no_run')}</p>` : html`<${Runs} all=${all} />`)}<//></section>
    <section class="card"><h2>${t('log')}</h2><${Loaded} resource=${log}>${all => (all.length === 0 ? html`<p class="soft">${t('no_entries')}</p>` : html`<${Entries} entries=${all} />`)}<//></section>`;
}

const Runs = ({all}) => html`<div class="scroll" tabindex="0"><table class="stack">
  <thead><tr><th>${t('run')}</th><th>${t('state')}</th><th>${t('joined')}</th><th>${t('left')}</th><th class="number">${t('weight')}</th><th class="number">${t('messages')}</th><th class="number">${t('last_round')}</th></tr></thead>
  <tbody>${all.map(one => html`<tr key=${one.run + one.joinedAt}>
    <td class="wide" data-label=${t('run')}><a href=${'#/runs/' + encodeURIComponent(one.run)}>${plain(one.run)}</a></td>
    <td data-label=${t('state')}><${State} state=${one.state} /></td>
    <td data-label=${t('joined')} title=${time(one.joinedAt)}>${ago(one.joinedAt)}</td>
    <td data-label=${t('left')}>${one.leftAfter === undefined ? t('none') : t('left_after', number(one.leftAfter))}</td>
    <td class="number" data-label=${t('weight')}>${number(one.weight)}</td>
    <td class="number" data-label=${t('messages')}>${number(one.messages)}</td>
    <td class="number" data-label=${t('last_round')}>${one.lastRound === undefined ? t('none') : number(one.lastRound)}</td></tr>`)}</tbody></table></div>`;
