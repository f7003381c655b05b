import {html, useState} from '../standalone.module.js';
import {post, remove} from '../api.js';
import {ago, number, plain, time} from '../format.js';
import {DeleteOld} from '../old-records.js';
import {Crumbs} from '../lists.js';
import {Confirmed, Dialog, Field, Loaded, Refusal, State, useResource} from '../parts.js';
import {isOperator} from '../store.js';
import {useSort} from '../table.js';
import {t} from '../text.js';

const base = name => '/evaluations/' + encodeURIComponent(name);
const model = one => (one.model
  ? html`<a href=${'#/models/' + encodeURIComponent(one.model)}>${plain(one.model)}</a> <span class="number">${one.version}</span>`
  : html`<a href=${'#/runs/' + encodeURIComponent(one.run)}>${plain(one.run)}</a> <span class="number">x<sup>${one.round}</sup></span>`);

/** The evaluations, newest first. */
export function EvaluationsPage() {
  const evaluations = useResource('/evaluations', 5000);
  const sort = useSort({name: one => one.name, model: one => one.model ?? one.run, state: one => one.state, results: one => one.results, created: one => one.createdAt});
  return html`<div class="title"><h1>${t('evaluations')}</h1><div><${DeleteOld} kind="evaluations" done=${evaluations.ask} />${isOperator() && html`<${Create} />`}</div></div>
    <p class="soft">${t('evaluations_hint')}</p>
    <${Loaded} resource=${evaluations}>${all => (all.length === 0 ? html`<p>${t('no_evaluations')}</p>` : html`<div class="scroll" tabindex="0"><table class="stack">
      <thead><tr>${sort.head('name', t('evaluation'))}${sort.head('model', t('model'))}${sort.head('state', t('state'))}${sort.head('results', t('results'), true)}${sort.head('created', t('created_at'))}</tr></thead>
      <tbody>${sort.of(all).map(one => html`<tr key=${one.name}><td data-label=${t('evaluation')}><a href=${'#' + base(one.name)}>${plain(one.name)}</a></td><td data-label=${t('model')}>${model(one)}</td>
        <td data-label=${t('state')}><${State} state=${one.state} /></td><td class="number" data-label=${t('results')}>${number(one.results)}${one.participants.max ? '/' + number(one.participants.max) : ''}</td>
        <td data-label=${t('created_at')} title=${time(one.createdAt)}>${ago(one.createdAt)}<div class="soft">${plain(one.createdBy)}</div></td></tr>`)}</tbody></table></div>`)}<//>`;
}

/** A dialog for a new evaluation of a version or a round's model. */
function Create() {
  const [open, setOpen] = useState(false);
  const [problem, setProblem] = useState(null);
  const [ofRun, setOfRun] = useState(false);
  const submit = async event => {
    event.preventDefault();
    const form = event.target;
    const of = Object.fromEntries([...new FormData(form)].map(([key, value]) => [key, value.trim()]));
    const whole = text => (text ? Number(text) : undefined);
    const measured = ofRun ? {run: of.run, round: whole(of.round)} : {model: of.model, version: of.version};
    try {
      setProblem(null);
      const created = await post('/evaluations', {
        ...measured, name: of.name || undefined,
        devices: {selector: of.selector || undefined, share: Number(of.share) / 100},
        participants: {min: Number(of.min), max: whole(of.max)},
        time: `PT${of.hours}H`, breakdown: of.breakdown ? of.breakdown.split(/[\s,]+/).filter(Boolean) : undefined,
      });
      location.hash = '#' + base(created.name);
    } catch (refusal) { setProblem(refusal); form.closest('dialog').scrollTo(0, 0); }
  };
  return html`<button class="first" onClick=${() => { setProblem(null); setOfRun(false); setOpen(true); }}>${t('evaluation_create')}</button>
    ${open && html`<${Dialog} title=${t('evaluation_create')} onClose=${() => setOpen(false)}><${Refusal} problem=${problem} />
      <form onSubmit=${submit}>
        <${Field} label=${t('name')} hint=${t('evaluation_name_hint')}><input name="name" pattern="[a-z0-9\\-]{1,64}" autocomplete="off" /><//>
        <${Field} label=${t('evaluation_what')}><select name="what" onChange=${event => setOfRun(event.target.value === 'run')}><option value="model">${t('evaluation_of_version')}</option><option value="run">${t('evaluation_of_round')}</option></select><//>
        ${ofRun ? html`<${Field} label=${t('run')}><input name="run" required pattern="[a-z0-9\\-]{1,64}" autocomplete="off" /><//>
          <${Field} label=${t('round')} hint=${t('evaluation_round_hint')}><input name="round" type="number" min="0" /><//>`
        : html`<${Field} label=${t('model')}><input name="model" required pattern="[a-z0-9\\-]{1,64}" autocomplete="off" /><//>
          <${Field} label=${t('version')} hint=${t('evaluation_version_hint')}><input name="version" required pattern="[0-9]+|@[a-z0-9\\-]{1,64}" autocomplete="off" /><//>`}
        <${Field} label=${t('selector')}><input name="selector" autocomplete="off" /><//>
        <${Field} label=${t('share_percent')}><input name="share" type="number" min="0.0001" max="100" step="any" value="100" required /><//>
        <${Field} label=${t('evaluation_min')}><input name="min" type="number" min="1" value="1" required /><//>
        <${Field} label=${t('evaluation_max')} hint=${t('evaluation_max_hint')}><input name="max" type="number" min="1" /><//>
        <${Field} label=${t('evaluation_hours')}><input name="hours" type="number" min="1" max="720" value="24" required /><//>
        <${Field} label=${t('evaluation_breakdown')} hint=${t('evaluation_breakdown_hint')}><input name="breakdown" autocomplete="off" /><//>
        <div class="row"><button class="first">${t('create')}</button><button type="button" onClick=${() => setOpen(false)}>${t('cancel')}</button></div></form><//>`}`;
}

/** One evaluation with its statistics. */
export function EvaluationPage({name}) {
  const found = useResource(base(name), 5000);
  const erase = async () => { await remove(base(name)); location.hash = '#/evaluations'; };
  const cancel = async () => { await post(base(name) + '/cancel'); found.ask(); };
  return html`<${Crumbs} page="evaluations" name=${name} /><${Loaded} resource=${found}>${one => html`
    <div class="title"><div><h1>${plain(name)}</h1><${State} state=${one.state} /></div>
      ${isOperator() && one.state === 'open' && html`<${Confirmed} label=${t('evaluation_end')} danger question=${t('confirm_evaluation_end', name)} act=${cancel} />`}
      ${isOperator() && one.state !== 'open' && html`<${Confirmed} label=${t('delete')} danger question=${t('confirm_delete_evaluation', name)} act=${erase} />`}</div>
    <p>${t('model')}: ${model(one)}</p>
    <p>${t('evaluation_devices', number(100 * one.devices.share), one.devices.selector ? plain(one.devices.selector) : t('all'))}
      ${' '}${t('evaluation_results', number(one.results), number(one.participants.min), time(one.deadline))}</p>
    ${one.state === 'open' && html`<${Asked} name=${name} />`}
    ${one.resultsDeletedAt && html`<p class="soft">${t('results_deleted', time(one.resultsDeletedAt))}</p>`}
    ${one.metrics.length === 0 && html`<p class="soft">${t('no_results')}</p>`}
    ${one.metrics.map(metric => html`<${Metric} key=${metric.name} metric=${metric} />`)}
    ${one.sites.length > 0 && html`<section class="card"><h2>${t('evaluation_sites')}</h2><ul class="events">${one.sites.map(site => html`<li key=${site.client}>
      <a href=${'#/devices/' + site.client}><code>${site.client}</code></a> ${t('site_devices', number(site.devices))} ${site.reason && html`<span class="soft">${plain(site.reason)}</span>`}</li>`)}</ul></section>`}`}<//>`;
}

/** The number of answers to an open evaluation, and lists of the devices that have or have not answered. */
function Asked({name}) {
  const [answered, setAnswered] = useState(false);
  const asked = useResource(`${base(name)}/devices?answered=${answered}&limit=50`, 10_000);
  return html`<section class="card"><div class="title"><h2>${t('asked_devices')}</h2>
      <select aria-label=${t('asked_devices')} value=${answered ? 'answered' : 'missing'} onChange=${event => setAnswered(event.target.value === 'answered')}>
        <option value="missing">${t('not_answered')}</option><option value="answered">${t('have_answered')}</option></select></div>
    <${Loaded} resource=${asked}>${found => {
      const all = answered ? found.answered : found.asked - found.answered;
      return html`<dl class="figures"><div><dt>${t('asked')}</dt><dd>${number(found.asked)}${!found.complete && html`<small>${t('of_the_first', number(10_000))}</small>`}</dd></div>
        <div><dt>${t('answered')}</dt><dd>${number(found.answered)}</dd></div></dl>
        ${found.devices.length > 0 && html`<div class="tags">${found.devices.map(one => html`<span key=${one.client}><a href=${'#/devices/' + one.client}>${plain(one.name || one.client)}</a> · ${ago(one.lastSeenAt)}</span>`)}</div>`}
        ${all > found.devices.length && html`<p class="soft">${t('and_more', number(all - found.devices.length))}</p>`}`;
    }}<//></section>`;
}

const COLUMNS = ['devices', 'weighted_mean', 'mean', 'decile_10', 'median', 'decile_90'];

function cells(figures) {
  const deciles = figures.deciles || [];
  return [figures.devices, figures.weightedMean, figures.mean, deciles[0], deciles[4], deciles[8]].map((value, i) =>
    html`<td class="number" data-label=${t(COLUMNS[i])}>${number(value)}</td>`);
}

function Metric({metric}) {
  const worst = (key, group) => !group.tooFew && metric.worst[key] && (metric.worst[key].value ?? null) === (group.value ?? null);
  return html`<section class="card"><h2>${plain(metric.name)}</h2><div class="scroll" tabindex="0"><table class="stack">
    <thead><tr><th>${t('group_of_devices')}</th>${COLUMNS.map(key => html`<th class="number">${t(key)}</th>`)}<th></th></tr></thead>
    <tbody><tr><td data-label=${t('group_of_devices')}><strong>${t('all')}</strong></td>${cells(metric)}<td></td></tr>
      ${Object.entries(metric.groups).flatMap(([key, groups]) => groups.map(group => html`<tr key=${key + '=' + group.value}>
        <td data-label=${t('group_of_devices')}>${plain(key)} = ${group.value === undefined ? t('none') : plain(group.value)}</td>${cells(group)}
        <td>${group.tooFew ? html`<span class="soft">${t('too_few_devices')}</span>` : worst(key, group) && html`<strong>${t('worst_group', number(metric.worst[key].gap))}</strong>`}</td></tr>`))}</tbody></table></div></section>`;
}
