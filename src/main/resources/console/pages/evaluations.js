import {html} from '../standalone.module.js';
import {post} from '../api.js';
import {ago, number, plain, time} from '../format.js';
import {Confirmed, Loaded, State, useResource} from '../parts.js';
import {isOperator} from '../store.js';
import {t} from '../text.js';

const base = name => '/evaluations/' + encodeURIComponent(name);
const model = one => (one.model
  ? html`<a href=${'#/models/' + encodeURIComponent(one.model)}>${plain(one.model)}</a> <span class="number">${one.version}</span>`
  : html`<a href=${'#/runs/' + encodeURIComponent(one.run)}>${plain(one.run)}</a> <span class="number">x<sup>${one.round}</sup></span>`);

/** The evaluations, newest first. */
export function EvaluationsPage() {
  const evaluations = useResource('/evaluations', 5000);
  return html`<div class="title"><h1>${t('evaluations')}</h1></div>
    <p class="soft">${t('evaluations_hint')}</p>
    <${Loaded} resource=${evaluations}>${all => (all.length === 0 ? html`<p>${t('no_evaluations')}</p>` : html`<div class="scroll" tabindex="0"><table class="stack">
      <thead><tr><th>${t('evaluation')}</th><th>${t('model')}</th><th>${t('state')}</th><th class="number">${t('results')}</th><th>${t('created_at')}</th></tr></thead>
      <tbody>${all.map(one => html`<tr key=${one.name}><td data-label=${t('evaluation')}><a href=${'#' + base(one.name)}>${plain(one.name)}</a></td><td data-label=${t('model')}>${model(one)}</td>
        <td data-label=${t('state')}><${State} state=${one.state} /></td><td class="number" data-label=${t('results')}>${number(one.results)}${one.participants.max ? '/' + number(one.participants.max) : ''}</td>
        <td data-label=${t('created_at')} title=${time(one.createdAt)}>${ago(one.createdAt)}<div class="soft">${plain(one.createdBy)}</div></td></tr>`)}</tbody></table></div>`)}<//>`;
}

/** One evaluation with its statistics. */
export function EvaluationPage({name}) {
  const found = useResource(base(name), 5000);
  const cancel = async () => { await post(base(name) + '/cancel'); found.ask(); };
  return html`<${Loaded} resource=${found}>${one => html`
    <div class="title"><div><h1>${plain(name)}</h1><${State} state=${one.state} /></div>
      ${isOperator() && one.state === 'open' && html`<${Confirmed} label=${t('evaluation_end')} danger question=${t('confirm_evaluation_end', name)} act=${cancel} />`}</div>
    <p>${t('model')}: ${model(one)}. ${t('evaluation_devices', number(100 * one.devices.share), one.devices.selector ? plain(one.devices.selector) : t('all'))}
      ${' '}${t('evaluation_results', number(one.results), number(one.participants.min), time(one.deadline))}</p>
    ${one.metrics.length === 0 && html`<p class="soft">${t('no_results')}</p>`}
    ${one.metrics.map(metric => html`<${Metric} key=${metric.name} metric=${metric} />`)}`}<//>`;
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
