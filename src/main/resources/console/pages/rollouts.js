import {html, useState} from '../standalone.module.js';
import {get, post} from '../api.js';
import {ago, number, plain, time} from '../format.js';
import {Crumbs, useListAddress} from '../lists.js';
import {Confirmed, Dialog, Field, Loaded, Refusal, Said, State, useResource} from '../parts.js';
import {isOperator, may} from '../store.js';
import {useSort} from '../table.js';
import {t} from '../text.js';

const PAGE = 50;
const POLL = 3000;
const STATES = ['waiting', 'running', 'paused', 'finished', 'stopped'];
const base = id => '/rollouts/' + encodeURIComponent(id);
const what = one => html`${plain(one.model)}@${plain(one.alias)} <span class="number">${one.baseline} → ${one.version}</span>`;

/** The roll-outs, newest first. */
export function RolloutsPage({query}) {
  const state = STATES.includes(query.get('state')) ? query.get('state') : '';
  useListAddress('rollouts', {state});
  const path = `/rollouts?limit=${PAGE}${state && '&state=' + state}`;
  const rollouts = useResource(path, POLL);
  const sort = useSort({id: one => one.id, model: one => `${one.model}@${one.alias}`, state: one => one.state, created: one => one.createdAt});
  const [more, setMore] = useState({path: '', rows: [], end: false});
  const later = more.path === path ? more.rows : [];
  const next = async all => {
    const rows = await get(`${path}&before=${all[all.length - 1].id}`);
    setMore({path, rows: [...later, ...rows], end: rows.length < PAGE});
  };
  return html`<div class="title"><h1>${t('rollouts')}</h1>${isOperator() && html`<${Create} />`}</div>
    <p class="soft">${t('rollouts_hint')}</p>
    <div class="row"><select aria-label=${t('state')} value=${state} onChange=${event => { location.hash = '#/rollouts' + (event.target.value && '?state=' + event.target.value); }}>
      <option value="">${t('state')}: ${t('all')}</option>${STATES.map(key => html`<option value=${key} selected=${key === state}>${t(key)}</option>`)}</select></div>
    <${Loaded} resource=${rollouts}>${first => {
      const all = [...first, ...later];
      return all.length === 0 ? html`<p>${t('no_rollouts')}</p>` : html`<div class="scroll" tabindex="0"><table class="stack">
        <thead><tr>${sort.head('id', t('rollout'))}${sort.head('model', t('model'))}${sort.head('state', t('state'))}<th class="number">${t('rollout_group')}</th>${sort.head('created', t('created_at'))}</tr></thead>
        <tbody>${sort.of(all).map(one => html`<tr key=${one.id}>
          <td data-label=${t('rollout')}><a href=${'#' + base(one.id)}><code>${one.id}</code></a>${one.description && html`<div class="soft">${plain(one.description)}</div>`}</td>
          <td data-label=${t('model')}>${what(one)}</td>
          <td class="wide" data-label=${t('state')}><${State} state=${one.state} />${one.message && html`<div><${Said} className="soft" text=${one.message} /></div>`}</td>
          <td class="number" data-label=${t('rollout_group')}>${one.group}/${one.groups}</td>
          <td data-label=${t('created_at')} title=${time(one.createdAt)}>${ago(one.createdAt)}<div class="soft">${plain(one.createdBy)}</div></td></tr>`)}</tbody></table></div>
        ${first.length === PAGE && !more.end && html`<p><button onClick=${() => next(all)}>${t('more')}</button></p>`}`;
    }}<//>`;
}

/** One roll-out: its groups, the reports of devices, and its events. */
export function RolloutPage({id}) {
  const found = useResource(base(id), POLL);
  return html`<${Crumbs} page="rollouts" name=${id} /><${Loaded} resource=${found}>${one => html`
    <div class="title"><h1>${what(one)}</h1><${State} state=${one.state} /></div>
    ${one.message && html`<div class=${'note ' + (one.state === 'stopped' ? 'bad' : 'warn')} role="status"><${Said} text=${one.message} /></div>`}
    ${one.description && html`<p>${plain(one.description)}</p>`}
    <${Waits} one=${one} />
    <${Actions} one=${one} done=${found.ask} />
    <section class="card"><h2>${t('rollout_groups')}</h2><div class="scroll" tabindex="0"><table class="stack">
      <thead><tr><th>${t('rollout_group')}</th><th>${t('state')}</th><th class="number">${t('devices')}</th><th class="number">${t('rollout_alive')}</th><th class="number">${t('rollout_asked')}</th><th class="number">${t('rollout_reported')}</th><th class="number">${t('installed')}</th><th class="number">${t('rollout_failed')}</th><th>${t('rollout_metrics')}</th></tr></thead>
      <tbody>${one.progress.map(group => html`<${Group} key=${group.number} group=${group} />`)}</tbody></table></div></section>
    ${one.devicesDeletedAt && html`<p class="soft">${t('results_deleted', time(one.devicesDeletedAt))}</p>`}
    <${Failures} key=${one.progress.reduce((sum, group) => sum + group.failed, 0)} id=${id} groups=${one.progress} deleted=${one.devicesDeletedAt} />
    <${Rules} rules=${one.rules} one=${one} />
    <section class="card"><h2>${t('events')}</h2><ul class="events">${[...one.events].reverse().map(event => html`<li>
      <time datetime=${event.at} title=${time(event.at)}>${ago(event.at)}</time> <span class="what">${t('event_' + event.type.replace('.', '_'), event.group ?? '')}</span>${event.by && html` ${plain(event.by)}`}${event.detail && html` <${Said} className="soft" text=${event.detail} />`}</li>`)}</ul></section>`}<//>`;
}

/** The conditions that a roll-out waits for, and warnings about its open group. */
function Waits({one}) {
  const notice = ({code, metric, have, need, until}) => {
    const group = one.progress[one.group - 1];
    return t('rollout_notice_' + code.replaceAll('-', '_'), number(have), number(need), metric, time(until), Math.max(0, group.asked - group.installed - group.failed), Math.max(0, (group.alive ?? 0) - group.asked));
  };
  return html`${one.warnings.map(each => html`<div class="note warn" role="status">${notice(each)}</div>`)}
    ${one.waitsFor.length > 0 && html`<section class="card"><h2>${t('rollout_waits')}</h2><ul class="events">${one.waitsFor.map(each => html`<li key=${each.code + (each.metric ?? '')}>${notice(each)}</li>`)}</ul></section>`}`;
}

function Group({group}) {
  const reports = group.installed + group.failed;
  return html`<tr><td data-label=${t('rollout_group')}>${group.number}${group.name && html` ${plain(group.name)}`}<div><${Said} className="soft" text=${group.rule} /></div></td>
    <td data-label=${t('state')}><${State} state=${group.state} />${group.state === 'open' && html`<div class="soft" title=${time(group.deadline)}>${t('rollout_until', time(group.deadline))}</div>`}</td>
    <td class="number" data-label=${t('devices')}>${group.devices === undefined ? t('none') : number(group.devices)}</td>
    <td class="number" data-label=${t('rollout_alive')}>${group.alive === undefined ? t('none') : number(group.alive)}</td>
    <td class="number" data-label=${t('rollout_asked')}>${number(group.asked)}</td>
    <td class="number" data-label=${t('rollout_reported')}>${group.needed === undefined ? number(reports) : t('rollout_of', number(reports), number(group.needed))}</td>
    <td class="number" data-label=${t('installed')}>${number(group.installed)}</td>
    <td class="number" data-label=${t('rollout_failed')}>${number(group.failed)}</td>
    <td class="wide" data-label=${t('rollout_metrics')}>${group.metrics.map(metric => html`<${Metric} key=${metric.name} metric=${metric} />`)}${group.metrics.length === 0 && t('none')}</td></tr>`;
}

const signed = value => (value > 0 ? '+' : '') + number(value);

function Metric({metric}) {
  return html`<div><strong>${plain(metric.name)}</strong> <${State} state=${metric.verdict.replace('-', '_')} />
    <div class="soft">${metric.pairs === 0 ? t('metric_unknown', number(metric.reported))
      : metric.pairs === 1 ? t('metric_of_one', signed(metric.difference), number(metric.margin))
      : t('metric_interval', signed(metric.difference), signed(metric.low), signed(metric.high), number(metric.pairs), number(metric.margin))}</div></div>`;
}

function Failures({id, groups, deleted}) {
  const failed = !deleted && groups.some(group => group.failed > 0);
  const devices = useResource(failed ? base(id) + '/devices?outcome=failed&limit=20' : null);
  return failed && html`<section class="card"><h2>${t('rollout_failures')}</h2><${Loaded} resource=${devices}>${all => html`<ul class="events">
    ${all.map(device => html`<li key=${device.client}><code>${device.client}</code> ${device.site && t('site_failed', number(device.site.failed), number(device.site.asked))} <span class="soft">${plain(device.reason || t('none'))}</span></li>`)}</ul>`}<//></section>`;
}

// Returns a duration in the format of the command line.
const span = iso => iso.replace('PT', '').toLowerCase().replace(/^(\d+)h$/, (all, hours) => (hours % 24 ? all : hours / 24 + 'd'));

function Rules({rules, one}) {
  const row = (name, value) => html`<dt>${t(name)}</dt><dd>${value}</dd>`;
  return html`<section class="card"><h2>${t('rollout_rules')}</h2><dl class="pairs">
    ${rules.selector && row('selector', html`<code>${plain(rules.selector)}</code>`)}
    ${row('rollout_seen', span(rules.seenWithin))}
    ${row('rollout_reports', number(rules.reports))}${row('rollout_coverage', number(rules.coverage))}${row('rollout_success', number(rules.success))}${row('rollout_error', number(rules.error))}
    ${row('rollout_time', `${span(rules.groupTime)}, ${t('rollout_then_' + rules.onTimeout)}`)}
    ${row('created_at', html`<span title=${time(one.createdAt)}>${ago(one.createdAt)}</span>, ${plain(one.createdBy)}`)}
    ${one.approvedBy && row('rollout_approved', plain(one.approvedBy))}</dl></section>`;
}

function Actions({one, done}) {
  const act = verb => async () => { await post(`${base(one.id)}/${verb}`); done(); };
  const button = (verb, more) => html`<${Confirmed} label=${t('rollout_' + verb)} question=${t('confirm_rollout_' + verb)} act=${act(verb)} ...${more} />`;
  if (one.state === 'finished' || one.state === 'stopped') return null;
  return html`<div class="row">${one.state === 'waiting' && may('approve') && button('approve', {first: true})}
    ${isOperator() && html`${one.state === 'running' && button('pause')}${one.state === 'paused' && button('resume', {first: true})}
    ${one.state !== 'waiting' && button('skip')}${button('stop', {danger: true})}`}</div>`;
}

/** A dialog for a new roll-out with groups that are shares of the devices. */
function Create() {
  const [open, setOpen] = useState(false);
  const [problem, setProblem] = useState(null);
  const submit = async event => {
    event.preventDefault();
    const of = Object.fromEntries([...new FormData(event.target)].map(([key, value]) => [key, value.trim()]));
    try {
      const created = await post('/rollouts', {
        model: of.model, version: Number(of.version), alias: of.alias, selector: of.selector || undefined,
        groups: of.shares.split(/[\s,%]+/).filter(Boolean).map(share => ({share: Number(share) / 100})),
        reports: Number(of.reports), coverage: Number(of.coverage) / 100, seenWithin: of.seen + 'd', approval: of.approval === 'on',
        metrics: of.metric ? [{name: of.metric, margin: Number(of.margin), better: of.better}] : undefined,
      });
      location.hash = '#' + base(created.id);
    } catch (refusal) { setProblem(refusal); }
  };
  return html`<button class="first" onClick=${() => { setProblem(null); setOpen(true); }}>${t('rollout_create')}</button>
    ${open && html`<${Dialog} title=${t('rollout_create')} onClose=${() => setOpen(false)}><${Refusal} problem=${problem} />
      <form onSubmit=${submit}>
        <${Field} label=${t('model')}><input name="model" required pattern="[a-z0-9\\-]{1,64}" autocomplete="off" /><//>
        <${Field} label=${t('version')}><input name="version" type="number" min="1" required /><//>
        <${Field} label=${t('alias')}><input name="alias" value="production" required pattern="[a-z0-9\\-]{1,64}" autocomplete="off" /><//>
        <${Field} label=${t('rollout_shares')} hint=${t('rollout_shares_hint')}><input name="shares" value="5, 25, 100" required pattern="[0-9., %]+" autocomplete="off" /><//>
        <${Field} label=${t('selector')}><input name="selector" autocomplete="off" /><//>
        <${Field} label=${t('rollout_reports')}><input name="reports" type="number" min="1" value="10" required /><//>
        <${Field} label=${t('rollout_coverage_percent')} hint=${t('rollout_coverage_hint')}><input name="coverage" type="number" min="0" max="100" step="any" value="50" required /><//>
        <${Field} label=${t('rollout_seen_days')}><input name="seen" type="number" min="1" max="365" value="7" required /><//>
        <${Field} label=${t('rollout_metric')} hint=${t('rollout_metric_hint')}><input name="metric" pattern="[a-z0-9_.\\-]{1,64}" autocomplete="off" /><//>
        <${Field} label=${t('rollout_margin')}><input name="margin" type="number" min="0" step="any" value="0.01" /><//>
        <${Field} label=${t('rollout_better')}><select name="better"><option value="higher">${t('rollout_higher')}</option><option value="lower">${t('rollout_lower')}</option></select><//>
        <label class="line"><input name="approval" type="checkbox" /> ${t('rollout_approval')}</label>
        <div class="row"><button class="first">${t('rollout_create')}</button><button type="button" onClick=${() => setOpen(false)}>${t('cancel')}</button></div></form><//>`}`;
}
