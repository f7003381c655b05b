import {html} from '../standalone.module.js';
import {post} from '../api.js';
import {kindOf} from '../events.js';
import {ago, number, plain, seconds, time} from '../format.js';
import {Confirmed, CopyButton, Loaded, Said, useResource} from '../parts.js';
import {isOperator, may} from '../store.js';
import {t} from '../text.js';

/** The first page: items that wait for an operator, running runs with their expected ends, and the latest events. */
export function OverviewPage() {
  const overview = useResource('/overview', 5000);
  return html`<div class="title"><h1>${t('overview')}</h1>${isOperator() && html`<a class="button" href="#/new">${t('new_run')}</a>`}</div>
    <${Loaded} resource=${overview}>${found => html`
      <${Waiting} found=${found} done=${overview.ask} />
      <${Running} found=${found} />
      <${Latest} events=${found.latest} />`}<//>`;
}

const PAGES = {run: 'runs', rollout: 'rollouts', model: 'models'};

/** Returns the address of an item's page; the installation and the upstream coordinator have one page each. */
const placeOf = ({about, name}) => (PAGES[about] ? `#/${PAGES[about]}/${encodeURIComponent(name)}` : about === 'relay' ? '#/relays' : '#/system');

function Waiting({found: {waiting, waitingTotal}, done}) {
  if (waiting.length === 0) return html`<p class="note good" role="status"><strong>${t('waits_for_nobody')}</strong></p>`;
  return html`<section class="card"><h2>${t('waits_for_you')} (${number(waitingTotal)})</h2>
    <ul class="waiting">${waiting.map(item => html`<${Item} key=${item.code + item.name} item=${item} done=${done} />`)}</ul>
    ${waitingTotal > waiting.length && html`<p class="soft">${t('waiting_more', number(waitingTotal - waiting.length))}</p>`}</section>`;
}

function Item({item, done}) {
  return html`<li>
    <div><span class=${'state ' + (item.critical ? 'failed' : 'paused')}>${t(item.critical ? 'urgent' : 'waits')}</span>
      <strong>${t('waiting_' + item.code.replaceAll('-', '_'))}</strong> <a href=${placeOf(item)}>${plain(item.name)}</a>
      ${item.since && html` <span class="soft" title=${time(item.since)}>${ago(item.since)}</span>`}</div>
    <div><${Said} text=${item.message} /></div>
    <div class="row"><${Act} item=${item} done=${done} /><code>${item.command}</code><${CopyButton} text=${item.command} /></div></li>`;
}

/** The actions available here, by code; all others are on the item's page. */
const ACTS = {
  'run-paused': ['runs', 'resume', 'resume', 'confirm_resume', isOperator],
  'run-ready': ['runs', 'start', 'start', 'confirm_start', isOperator],
  'rollout-approval': ['rollouts', 'approve', 'rollout_approve', 'confirm_rollout_approve', () => may('approve')],
  'rollout-paused': ['rollouts', 'resume', 'rollout_resume', 'confirm_rollout_resume', isOperator],
};

function Act({item, done}) {
  const [collection, verb, label, question, allowed] = ACTS[item.code] ?? [];
  if (!collection || !allowed()) return html`<a class="button" href=${placeOf(item)}>${t('look_at', plain(item.name))}</a>`;
  return html`<${Confirmed} label=${t(label)} first question=${t(question, plain(item.name))}
    act=${async () => { await post(`/${collection}/${encodeURIComponent(item.name)}/${verb}`); done(); }} />`;
}

function Running({found: {running, runningTotal}}) {
  return html`<section class="card"><h2>${t('running_runs')} (${number(runningTotal)})</h2>
    ${running.length === 0 ? html`<p class="soft">${t('nothing_runs')}</p>` : html`<div class="scroll" tabindex="0"><table class="stack">
      <thead><tr><th>${t('run')}</th><th>${t('state')}</th><th>${t('progress')}</th><th class="number">${t('loss')}</th><th class="number">${t('members')}</th><th class="number">${t('round_time')}</th><th>${t('expected_end')}</th></tr></thead>
      <tbody>${running.map(one => html`<tr key=${one.name}>
        <td class="wide" data-label=${t('run')}><a href=${'#/runs/' + encodeURIComponent(one.name)}>${plain(one.name)}</a></td>
        <td data-label=${t('state')}><span class=${'state ' + (one.stalled ? 'failed' : 'running')}>${t(one.stalled ? 'stalled' : 'running')}</span></td>
        <td data-label=${t('progress')}>${t('round_of', number(one.round), number(one.rounds))}<progress aria-label=${t('progress')} value=${one.round} max=${one.rounds}></progress></td>
        <td class="number" data-label=${t('loss')}>${number(one.loss)}</td>
        <td class="number" data-label=${t('members')}>${number(one.members)}</td>
        <td class="number" data-label=${t('round_time')}>${seconds(one.roundSeconds)}</td>
        <td data-label=${t('expected_end')}>${time(one.expectedEnd)}</td></tr>`)}</tbody></table></div>`}
    ${runningTotal > running.length && html`<p><a href="#/runs?state=running">${t('all_running', number(runningTotal))}</a></p>`}</section>`;
}

function Latest({events}) {
  return html`<section class="card"><h2>${t('latest')}</h2>
    ${events.length === 0 ? html`<p class="soft">${t('no_events')}</p>` : html`<ul class="events">${events.map(one => html`<li class=${kindOf(one.type)}>
      <time datetime=${one.at} title=${time(one.at)}>${ago(one.at)}</time> <a href=${placeOf(one)}>${plain(one.name)}</a> <span class="what">${t('event_' + one.type.replace('.', '_'), one.number ?? '')}</span>${one.detail && html` <${Said} className="soft" text=${one.detail} />`}</li>`)}</ul>`}</section>`;
}
