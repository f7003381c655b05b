import {html, useMemo, useState} from '../standalone.module.js';
import {download, post, remove} from '../api.js';
import {ChangeButton, Revisions} from '../change.js';
import {Chart, positive} from '../chart.js';
import {AXES, axes, figure, figureName, figures} from '../curves.js';
import {useRunEvents} from '../events.js';
import {DEFINITION} from '../definition-fields.js';
import {toYaml} from '../fields.js';
import {ago, bytes, number, plain, seconds, time, uplinkRatio, isMoreThanDense} from '../format.js';
import {Crumbs} from '../lists.js';
import {Confirmed, CopyButton, Dialog, Loaded, Refusal, RunState, Said, useResource, useSeconds} from '../parts.js';
import {hasAllRuns, isOperator} from '../store.js';
import {t} from '../text.js';
import {Events} from './events.js';
import {ExperimentOfRun} from './experiments.js';
import {Members} from './members.js';
import {DownloadModel, UploadModel} from './model.js';
import {Publish} from './models.js';
import {Notes} from './notes.js';
import {Smoothness} from './smoothness.js';

const OVER = ['finished', 'cancelled', 'failed'];

export function RunPage({run: name, query}) {
  const base = '/runs/' + encodeURIComponent(name);
  const follow = useRunEvents(base, types => {
    run.ask();
    open.ask();
    if (types.has('round.closed') || types.has('missed')) series.ask();
  });
  // Polls often if there is no stream, for example behind a proxy that buffers it.
  const every = follow.connected ? 30_000 : 2000;
  const run = useResource(base, every);
  const over = OVER.includes(run.value?.state);
  const series = useResource(base + '/series?points=600', over ? 0 : every);
  const hasRound = ['running', 'paused'].includes(run.value?.state);
  const open = useResource(hasRound ? base + '/rounds/open' : null, every);
  return html`<${Crumbs} page="runs" name=${name} /><${Loaded} resource=${run}>${value => html`
    <div class="title"><div><h1>${plain(name)}</h1><${RunState} run=${value} /></div>
      <${Actions} run=${value} base=${base} ask=${run.ask} /></div>
    ${(value.message || value.stalled) && html`<div class=${'note ' + (value.state === 'failed' || value.stalled ? 'bad' : 'warn')} role="status"><${Message} run=${value} /></div>`}
    <${ExperimentOfRun} run=${name} />
    <${Notes} run=${value} base=${base} ask=${run.ask} />
    <${Summary} run=${value} series=${series.value} />
    ${hasRound && html`<section class="card"><h2>${t('open_round')} ${number(value.round)}</h2>
      <${Loaded} resource=${open}>${round => html`<${OpenRound} round=${round} stalled=${value.stalled} />`}<//></section>`}
    ${value.state === 'created' && html`<section class="card"><p>${t('not_started', number(value.members))}</p>
      ${isOperator() && hasAllRuns() && html`<a class="button" href="#/tokens?new">${t('create_enrolment_token')}</a>`}</section>`}
    <${Refusal} problem=${series.problem} />
    ${series.value && html`<${Curves} series=${series.value} query=${query} />`}
    ${series.value && html`<${Smoothness} base=${base} series=${series.value} live=${!over} />`}
    <${Revisions} run=${value} base=${base} />
    <${Events} follow=${follow} />
    <${Members} base=${base} round=${value.round} live=${!over} />
    <${Definition} run=${value} />`}<//>`;
}

/** Shows why a run waits or has ended: the text for the reason's code, and the coordinator's sentence. */
export function Message({run}) {
  if (run.stalled) return html`<strong>${t('stalled_since', t('stalled_' + run.stalled.reason.replaceAll('-', '_')), time(run.stalled.since))}</strong> <${Said} text=${run.stalled.message} />`;
  const reason = run.stopReason ? t('stopped_' + run.stopReason.replaceAll('-', '_')) : run.extended > 0 ? t('extended', number(run.extended)) : null;
  return html`${reason && html`<strong>${reason}</strong> `}<${Said} text=${run.message} />`;
}

/** Returns a run's definition without its status. */
export const definition = run => Object.fromEntries(Object.entries(run).filter(([key]) => key in DEFINITION));

function Definition({run}) {
  const yaml = toYaml(definition(run));
  return html`<section class="card"><details><summary>${t('definition')}</summary><pre class="wrap" tabindex="0">${yaml}</pre>
    <div class="row"><${CopyButton} text=${yaml} /><a href=${'#/log?run=' + encodeURIComponent(run.name)}>${t('log')}</a></div></details></section>`;
}

function Actions({run, base, ask}) {
  const act = (verb, key, danger, first) => html`<${Confirmed} label=${t(key)} danger=${danger} first=${first} keep=${danger ? t('keep_run') : undefined}
    question=${t(verb === 'cancel' ? 'confirm_cancel' : 'confirm_' + verb, run.name)} act=${async () => { await post(`${base}/${verb}`); ask(); }} />`;
  return html`<div>
    ${run.state !== 'created' && html`<${DownloadModel} run=${run} base=${base} />`}
    ${isOperator() && html`
      ${hasAllRuns() && run.state !== 'created' && html`<${Publish} run=${run.name} best=${run.bestRound} />`}
      <${Export} run=${run.name} base=${base} />
      ${run.state === 'created' && run.initialModel === 'uploaded' && html`<${UploadModel} base=${base} />`}
      ${run.state === 'created' && act('start', 'start', false, true)}
      ${run.state === 'running' && act('pause', 'pause')}
      ${run.state === 'paused' && act('resume', 'resume', false, true)}
      ${!OVER.includes(run.state) && html`<${ChangeButton} run=${run} base=${base} ask=${ask} />`}
      ${!OVER.includes(run.state) && act('cancel', 'cancel_run', true)}
      ${!['running', 'paused'].includes(run.state) && html`<${Confirmed} label=${t('delete_run')} danger name=${run.name} question=${t('confirm_delete_run', run.name)}
        act=${async () => { await remove(base); location.hash = '#/runs'; }} />`}`}
  </div>`;
}

/** Exports all data of a run, for another coordinator or as a backup. */
function Export({run, base}) {
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    await download(base + '/export', run + '.evenkeel').then(() => setProblem(null), setProblem);
    setBusy(false);
  };
  return html`<button disabled=${busy} title=${t('export_hint')} onClick=${save}>${t('export')}</button>${problem && html`<${Dialog} title=${t('export')} onClose=${() => setProblem(null)}><${Refusal} problem=${problem} />
    <button onClick=${() => setProblem(null)}>${t('close')}</button><//>`}`;
}

/** The bytes that compression saved on the uplink, or added to it. */
function Saved({sent, dense}) {
  if (!sent) return html`<div><dt>${t('saved')}</dt><dd>${t('none')}</dd></div>`;
  return html`<div><dt>${t('saved')}</dt><dd>${uplinkRatio(dense / sent)}<small>${t('sent_of_dense', bytes(sent), bytes(dense))}</small>${isMoreThanDense(dense / sent) && html`<small>${t('sparser')}</small>`}</dd></div>`;
}

function Summary({run, series}) {
  const last = series && series.round.length - 1;
  const at = column => (last >= 0 ? column[last] : undefined);
  const losses = series ? series.loss.filter(Number.isFinite) : [];
  const dimension = run.dimension ?? run.tensors?.reduce((sum, one) => sum + one.shape.reduce((a, b) => a * b, 1), 0);
  return html`<section class="card"><dl class="figures">
    <div><dt>${t('progress')}</dt><dd>${t('round_of', number(run.round), number(run.rounds))}<progress aria-label=${t('progress')} value=${run.round} max=${run.rounds}></progress></dd></div>
    ${run.expectedEnd && html`<div><dt>${t('expected_end')}</dt><dd>${time(run.expectedEnd)}</dd></div>`}
    <div><dt>${t('loss')}</dt><dd>${losses.length ? number(losses[losses.length - 1]) : t('none')}</dd></div>
    ${run.bestRound !== undefined && html`<div><dt>${t('best_round')}</dt><dd>${number(run.bestRound)}</dd></div>`}
    ${series && Object.entries(series.metrics).filter(([metric]) => metric !== 'tokens').map(([metric, values]) => html`<div><dt>${plain(metric)}</dt><dd>${number(values.filter(Number.isFinite).at(-1))}</dd></div>`)}
    <div><dt>${t('members')}</dt><dd>${number(run.members)}</dd></div>
    ${at(series?.tokens ?? []) > 0 && html`<div><dt>${t('trained_tokens')}</dt><dd>${number(at(series.tokens))}</dd></div>`}
    <${Saved} sent=${series && at(series.uplinkBytes)} dense=${series && at(series.denseUplinkBytes)} />
    <div><dt>${t('duration')}</dt><dd>${seconds(at(series?.seconds ?? []))}</dd></div>
    ${run.lost && html`<div><dt>${t('lost_messages')}</dt><dd>${number(run.lost.messages)}<small>${t('lost_detail', number(run.lost.firstRound), number(run.lost.lastRound), number(run.lost.devices))}</small></dd></div>`}
    ${run.privacySpent && html`<div><dt>${t('privacy_spent')}</dt><dd>ε ${number(run.privacySpent.epsilon, 3)}<small>${t('privacy_detail', number(run.privacySpent.delta), number(run.privacySpent.messages), run.privacySpent.maxMessages ? number(run.privacySpent.maxMessages) : '∞')}</small></dd></div>`}
    <div><dt>${t('parameters')}</dt><dd>${number(dimension)}</dd></div>
    <div><dt>${t('algorithm')}</dt><dd>${run.algorithm || t('none')}<small>${run.compressor || ''}</small></dd></div>
  </dl></section>`;
}

function OpenRound({round, stalled}) {
  useSeconds();
  // Uses the coordinator's clock, because the reader's clock may be wrong.
  const skew = useMemo(() => Date.parse(round.now) - Date.now(), [round.now]);
  const left = round.deadline ? (Date.parse(round.deadline) - Date.now() - skew) / 1000 : null;
  const cohort = round.cohort;
  const answered = cohort ? cohort.advertised : round.accepted;
  // If all members have answered, the coordinator closes the round at its next check.
  const reason = round.waitsFor === 'others' && round.missingCount === 0 ? 'closing' : round.waitsFor;
  return html`<dl class="figures">
      <div><dt>${t('asked')}</dt><dd>${number(round.asked)}</dd></div>
      <div><dt>${t('answered')}</dt><dd>${number(answered)}<small>${t('needed', number(round.needed))}</small></dd></div>
      <div><dt>${t('missing')}</dt><dd>${number(round.missingCount)}</dd></div>
      ${round.declined > 0 && html`<div><dt>${t('declined')}</dt><dd>${number(round.declined)}</dd></div>`}
      <div><dt>${t('closes_in')}</dt><dd>${left === null ? t('none') : left > 0 ? seconds(left) : t('deadline_passed')}</dd></div>
    </dl>
    <progress aria-label=${t('answered')} value=${answered} max=${Math.max(round.asked, answered, 1)}></progress>
    <p>${t('waits_' + reason.replace('-', '_'), number(round.accepted), number(round.needed))}</p>
    ${cohort && html`<${Cohort} cohort=${cohort} asked=${round.asked} />`}
    ${round.extended > 0 && html`<p class="note warn">${t('extended', number(round.extended))}</p>`}
    <${Absent} label=${t('missing')} count=${round.missingCount} members=${round.missing} open=${!!stalled} />
    <${Absent} label=${t('not_waited_for')} count=${round.silentCount} members=${round.silent} hint=${t('silent_hint')} open />`;
}

/** Members that have not answered, with the time since each was last seen. */
function Absent({label, count, members, hint, open}) {
  return members.length > 0 && html`<details open=${open}><summary>${label} (${number(count)})</summary>${hint && html`<p class="soft">${hint}</p>`}
    <div class="tags">${members.map(one => html`<span>${plain(one.name || one.client)} · ${ago(one.lastSeenAt)}</span>`)}</div></details>`;
}

const STEPS = ['keys', 'shares', 'masked', 'reveal'];

/** The number of members that have completed each step of an attempt. */
function Cohort({cohort, asked}) {
  const counts = [cohort.advertised, cohort.sharing, cohort.masked, cohort.revealed];
  const now = STEPS.indexOf(cohort.phase);
  return html`<p>${t('attempt', number(cohort.attempt))}${cohort.threshold > 0 && html` · ${t('cohort_threshold', number(cohort.threshold))}`}</p>
    <dl class="figures">${STEPS.map((step, i) => html`<div aria-current=${i === now ? 'step' : null}><dt>${t('step_' + step)}</dt>
      <dd>${now >= 0 && i > now ? t('none') : html`${number(counts[i])}<small>${t('of_members', number(i === 0 ? asked : counts[i - 1]))}</small>`}</dd></div>`)}</dl>`;
}

function Curves({series, query}) {
  const [against, setAxis] = useState(query.get('against') || 'round');
  const axis = axes([series]).includes(against) ? against : 'round';
  const [chosen, setChosen] = useState(query.get('figure') || '');
  const [log, setLog] = useState(query.get('scale') === 'log');
  const names = figures([series]);
  const shown = names.includes(chosen) ? chosen : names[0];
  const x = AXES[axis].column(series);
  const column = shown ? figure(series, shown) : [];
  const learning = useMemo(() => [x, log ? positive(column) : column], [series, axis, shown, log]);
  const traffic = useMemo(() => [series.round, series.uplinkBytes, series.downlinkBytes, series.denseUplinkBytes], [series]);
  const spent = useMemo(() => [series.round, figure(series, 'epsilon')], [series]);
  const taking = useMemo(() => [series.round, series.participants, series.sampled, series.members], [series]);
  if (series.round.length === 0) return html`<section class="card"><p class="soft">${t('no_rounds')}</p></section>`;
  return html`
    <section class="card"><div class="title"><h2>${t('learning')}</h2><div>
      <select aria-label=${t('figure')} value=${shown} onChange=${event => setChosen(event.target.value)}>${names.map(one => html`<option value=${one} selected=${one === shown}>${figureName(one)}</option>`)}</select>
      <select aria-label=${t('against')} value=${axis} onChange=${event => setAxis(event.target.value)}>${axes([series]).map(key => html`<option value=${key} selected=${key === axis}>${t('against')}: ${t(AXES[key].name)}</option>`)}</select>
      <select aria-label=${t('scale')} value=${log ? 'log' : 'linear'} onChange=${event => setLog(event.target.value === 'log')}><option value="linear">${t('linear')}</option><option value="log" selected=${log}>${t('logarithmic')}</option></select>
    </div></div>
    <${Chart} label=${{x: t(AXES[axis].axis), y: figureName(shown), text: `${figureName(shown)}: ${number(column.filter(Number.isFinite).at(-1))}`}}
      data=${learning} series=${[{label: figureName(shown)}]} kinds=${{x: AXES[axis].kind}} log=${log} height=${320} />
    ${series.thinned && html`<p class="soft">${t('thinned', number(series.round.length), number(series.closed))}</p>`}
    <${Newest} series=${series} />
    </section>
    <div class="grid">
      <section class="card"><h2>${t('traffic')}</h2>
        <${Chart} label=${{x: t('round'), y: t('bytes_sent'), text: t('traffic')}} data=${traffic} series=${[{label: t('uplink')}, {label: t('downlink')}, {label: t('dense')}]} kinds=${{y: 'bytes'}} /></section>
      <section class="card"><h2>${t('participation')}</h2>
        <${Chart} label=${{x: t('round'), y: t('devices'), text: t('participation')}} data=${taking} kinds=${{y: 'count'}} series=${[{label: t('participants')}, {label: t('sampled')}, {label: t('members')}]} /></section>
      ${names.includes('epsilon') && html`<section class="card"><h2>${t('privacy_spent')}</h2>
        <${Chart} label=${{x: t('round'), y: t('epsilon'), text: `${t('epsilon')}: ${number(spent[1].at(-1), 3)}`}} data=${spent} series=${[{label: t('epsilon')}]} /></section>`}
    </div>`;
}

/** The figures of the last ten rounds as a table, for screen readers. */
function Newest({series}) {
  const rows = series.round.map((_, i) => i).slice(-10).reverse();
  const columns = [['round', i => series.round[i]], ['loss', i => number(series.loss[i])], ['gradient_norm', i => number(series.directionNorm[i])], ['gamma', i => number(series.gamma[i])], ['participants', i => series.participants[i]], ['uplink', i => bytes(series.uplinkBytes[i])]];
  return html`<details><summary>${t('latest_curve')}</summary><div class="scroll" tabindex="0"><table class="stack">
    <thead><tr>${columns.map(([key]) => html`<th class="number">${t(key)}</th>`)}</tr></thead>
    <tbody>${rows.map(i => html`<tr key=${series.round[i]}>${columns.map(([key, cell]) => html`<td class="number" data-label=${t(key)}>${cell(i)}</td>`)}</tr>`)}</tbody>
  </table></div></details>`;
}
