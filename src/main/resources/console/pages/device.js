import {html} from '../standalone.module.js';
import {Attributes} from '../device-filter.js';
import {ago, number, plain, time} from '../format.js';
import {Crumbs} from '../lists.js';
import {Loaded, State, useResource} from '../parts.js';
import {t} from '../text.js';
import {DeviceActions} from './devices.js';
import {Entries} from './log.js';

const OVER = ['finished', 'cancelled', 'failed'];

/** One device: its properties, the runs that it takes part in, and operators' actions on it. */
export function DevicePage({client}) {
  const base = '/clients/' + encodeURIComponent(client);
  const device = useResource(base, 10_000);
  const runs = useResource(base + '/runs', 10_000);
  const rollouts = useResource(base + '/rollouts', 30_000);
  const evaluations = useResource(base + '/evaluations', 30_000);
  const log = useResource('/audit-log?client=' + encodeURIComponent(client));
  const ask = () => { device.ask(); runs.ask(); log.ask(); };
  return html`<${Crumbs} page="devices" name=${device.value?.name || client} /><${Loaded} resource=${device}>${one => html`
      <div class="title"><h1>${plain(one.name || client)}</h1><${DeviceActions} device=${one} done=${ask} /></div>
      <section class="card"><dl class="pairs">
        <dt>${t('device_id')}</dt><dd><code>${one.client}</code></dd>
        <dt>${t('for_run')}</dt><dd>${one.run || t('all')}</dd>
        <dt>${t('enrolled')}</dt><dd>${time(one.enrolledAt)}</dd>
        <dt>${t('last_seen')}</dt><dd title=${time(one.lastSeenAt)}>${ago(one.lastSeenAt)}</dd>
        ${one.revokedAt && html`<dt>${t('revoked')}</dt><dd>${time(one.revokedAt)}</dd>`}
        <dt>${t('attributes')}</dt><dd><${Attributes} of=${one} /></dd></dl></section>`}<//>
    <section class="card"><h2>${t('runs')}</h2><${Loaded} resource=${runs}>${all => (all.length === 0 ? html`<p class="soft">${t('in_no_run')}</p>` : html`<${Runs} all=${all} />`)}<//></section>
    <section class="card"><h2>${t('rollouts')}</h2><${Loaded} resource=${rollouts}>${all => (all.length === 0 ? html`<p class="soft">${t('in_no_rollout')}</p>` : html`<${Rollouts} all=${all} />`)}<//></section>
    <section class="card"><h2>${t('evaluations')}</h2><${Loaded} resource=${evaluations}>${all => (all.length === 0 ? html`<p class="soft">${t('in_no_evaluation')}</p>` : html`<${Evaluations} all=${all} />`)}<//></section>
    <section class="card"><h2>${t('log')}</h2><${Loaded} resource=${log}>${all => (all.length === 0 ? html`<p class="soft">${t('no_entries')}</p>` : html`<${Entries} entries=${all} />`)}<//></section>`;
}

const Runs = ({all}) => html`<div class="scroll" tabindex="0"><table class="stack">
  <thead><tr><th>${t('run')}</th><th>${t('state')}</th><th>${t('membership')}</th><th>${t('joined')}</th><th>${t('left')}</th><th class="number">${t('weight')}</th><th class="number">${t('messages')}</th><th class="number">${t('last_round')}</th></tr></thead>
  <tbody>${all.map(one => html`<tr key=${one.run + one.joinedAt}>
    <td class="wide" data-label=${t('run')}><a href=${'#/runs/' + encodeURIComponent(one.run)}>${plain(one.run)}</a></td>
    <td data-label=${t('state')}><${State} state=${one.state} /></td>
    <td data-label=${t('membership')}>${OVER.includes(one.state) && one.membership !== 'left' ? t('run_is_over') : t('device_' + one.membership)}</td>
    <td data-label=${t('joined')} title=${time(one.joinedAt)}>${ago(one.joinedAt)}</td>
    <td data-label=${t('left')}>${one.leftAfter === undefined ? t('none') : t('left_after', number(one.leftAfter))}</td>
    <td class="number" data-label=${t('weight')}>${number(one.weight)}</td>
    <td class="number" data-label=${t('messages')}>${number(one.messages)}</td>
    <td class="number" data-label=${t('last_round')}>${one.lastRound === undefined ? t('none') : number(one.lastRound)}</td></tr>`)}</tbody></table></div>`;

const Rollouts = ({all}) => html`<div class="scroll" tabindex="0"><table class="stack">
  <thead><tr><th>${t('rollout')}</th><th>${t('model')}</th><th>${t('state')}</th><th class="number">${t('rollout_group')}</th><th>${t('outcome')}</th><th>${t('rollout_asked')}</th></tr></thead>
  <tbody>${all.map(one => html`<tr key=${one.rollout}>
    <td data-label=${t('rollout')}><a href=${'#/rollouts/' + one.rollout}><code>${one.rollout}</code></a></td>
    <td data-label=${t('model')}><a href=${'#/models/' + encodeURIComponent(one.model)}>${plain(one.model)}</a>@${plain(one.alias)} ${number(one.version)}</td>
    <td data-label=${t('state')}><${State} state=${one.state} /></td>
    <td class="number" data-label=${t('rollout_group')}>${number(one.group)}</td>
    <td data-label=${t('outcome')}>${t('rollout_outcome_' + one.outcome)}${one.reason && html`<div class="soft">${plain(one.reason)}</div>`}</td>
    <td data-label=${t('rollout_asked')} title=${time(one.askedAt)}>${ago(one.askedAt)}</td></tr>`)}</tbody></table></div>`;

const Evaluations = ({all}) => html`<ul class="events">${all.map(one => html`<li key=${one.evaluation}>
  <time datetime=${one.createdAt} title=${time(one.createdAt)}>${ago(one.createdAt)}</time> <a href=${'#/evaluations/' + encodeURIComponent(one.evaluation)}>${plain(one.evaluation)}</a>
  <span class="soft">${one.model ? `${plain(one.model)} ${number(one.version)}` : `${plain(one.run)} ${t('round')} ${number(one.round)}`}</span></li>`)}</ul>`;
