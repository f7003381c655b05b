import {html, useMemo, useState} from '../standalone.module.js';
import {post, remove} from '../api.js';
import {Chart, joined} from '../chart.js';
import {AXES, axes, figure} from '../curves.js';
import {ago, bytes, number, plain, time} from '../format.js';
import {Crumbs} from '../lists.js';
import {Confirmed, Dialog, Field, Loaded, Refusal, Said, State, useResource} from '../parts.js';
import {isOperator} from '../store.js';
import {useSort} from '../table.js';
import {t} from '../text.js';

const OVER = ['finished', 'cancelled', 'failed'];
const base = name => '/experiments/' + encodeURIComponent(name);
const link = name => html`<a href=${'#' + base(name)}>${plain(name)}</a>`;
const share = one => t('experiment_' + one.assignment, number(100 * one.share));

/** The experiments, newest first. */
export function ExperimentsPage() {
  const experiments = useResource('/experiments', 5000);
  const sort = useSort({name: one => one.name, state: one => one.state, created: one => one.createdAt});
  return html`<div class="title"><h1>${t('experiments')}</h1>${isOperator() && html`<${Create} />`}</div>
    <p class="soft">${t('experiments_hint')}</p>
    <${Loaded} resource=${experiments}>${all => (all.length === 0 ? html`<p>${t('no_experiments')}</p>` : html`<div class="scroll" tabindex="0"><table class="stack">
      <thead><tr>${sort.head('name', t('experiment'))}${sort.head('state', t('state'))}<th>${t('arms')}</th><th>${t('devices')}</th>${sort.head('created', t('created_at'))}</tr></thead>
      <tbody>${sort.of(all).map(one => html`<tr key=${one.name}><td data-label=${t('experiment')}>${link(one.name)}</td><td data-label=${t('state')}><${State} state=${one.state} /></td>
        <td data-label=${t('arms')}>${one.arms.map(arm => plain(arm.name)).join(', ')}</td><td data-label=${t('devices')}>${share(one)}</td>
        <td data-label=${t('created_at')} title=${time(one.createdAt)}>${ago(one.createdAt)}<div class="soft">${plain(one.createdBy)}</div></td></tr>`)}</tbody></table></div>`)}<//>`;
}

/** Parses YAML; loads the library on first use. */
const parsed = async text => (await import('../yaml.js')).parse(text);
const DEFINITION = 'dimension: 9610\nalgorithm: ef21\ncompressor: top-k:0.01\ngamma: "0.5"\nrounds: 300\nparticipants: {min: 20}\n';
const ARMS = 'control: {}\nnormalized:\n  algorithm: ef21-norm\n  gamma: "horizon:1:0.5"\n';

/** A dialog for a new experiment: the shared definition, and the differences of each arm. */
function Create() {
  const [open, setOpen] = useState(false);
  const [problem, setProblem] = useState(null);
  const [turns, setTurns] = useState(false);
  const submit = async event => {
    event.preventDefault();
    const form = event.target;
    const of = Object.fromEntries(new FormData(form));
    try {
      setProblem(null);
      const created = await post('/experiments', {
        name: of.name.trim(), share: Number(of.share) / 100, selector: of.selector.trim() || undefined,
        assignment: of.assignment, block: turns ? Number(of.block) : undefined,
        definition: await parsed(of.definition), arms: await parsed(of.arms),
      });
      location.hash = '#' + base(created.name);
    } catch (refusal) { setProblem(refusal); form.closest('dialog').scrollTo(0, 0); }
  };
  return html`<button class="first" onClick=${() => { setProblem(null); setTurns(false); setOpen(true); }}>${t('experiment_create')}</button>
    ${open && html`<${Dialog} title=${t('experiment_create')} onClose=${() => setOpen(false)}><${Refusal} problem=${problem} />
      <form onSubmit=${submit}>
        <${Field} label=${t('name')}><input name="name" required pattern="[a-z0-9\\-]{1,40}" autocomplete="off" /><//>
        <${Field} label=${t('share_percent')} hint=${t('experiment_share_hint')}><input name="share" type="number" min="0.0001" max="100" step="any" value="100" required /><//>
        <${Field} label=${t('selector')}><input name="selector" autocomplete="off" /><//>
        <${Field} label=${t('assignment')} hint=${t(turns ? 'assignment_crossover_hint' : 'assignment_split_hint')}><select name="assignment" onChange=${event => setTurns(event.target.value === 'crossover')}>
          <option value="split">${t('assignment_split')}</option><option value="crossover">${t('assignment_crossover')}</option></select><//>
        ${turns && html`<${Field} label=${t('experiment_block')}><input name="block" type="number" min="1" value="1" required /><//>`}
        <${Field} label=${t('experiment_definition')} hint=${t('experiment_definition_hint')}><textarea name="definition" spellcheck=${false} required>${DEFINITION}</textarea><//>
        <${Field} label=${t('experiment_arms')} hint=${t('experiment_arms_hint')}><textarea name="arms" spellcheck=${false} required>${ARMS}</textarea><//>
        <div class="row"><button class="first">${t('create')}</button><button type="button" onClick=${() => setOpen(false)}>${t('cancel')}</button></div></form><//>`}`;
}

/** One experiment: its arms, their curves and their comparison with the first arm. */
export function ExperimentPage({name}) {
  const found = useResource(base(name), 3000);
  return html`<${Crumbs} page="experiments" name=${name} /><${Loaded} resource=${found}>${one => html`
    <div class="title"><div><h1>${plain(name)}</h1><${State} state=${one.state} /></div><${Actions} one=${one} done=${found.ask} /></div>
    <p>${share(one)} ${one.assignment === 'crossover' && t('experiment_turns', one.arms.length, one.block)}</p>
    <${Arms} arms=${one.arms} />
    <${Curves} arms=${one.arms} />
    <p class="soft">${t('experiment_report')} <code>evenkeel experiments report ${plain(name)} --out ${plain(name)}</code></p>`}<//>`;
}

function Actions({one, done}) {
  if (!isOperator()) return null;
  const act = (verb, danger, first) => html`<${Confirmed} label=${t(verb)} danger=${danger} first=${first}
    question=${t('confirm_experiment_' + verb, one.name)} act=${async () => { await post(`${base(one.name)}/${verb}`); done(); }} />`;
  return html`<div>${one.state === 'created' && act('start', false, true)}${one.state !== 'over' && act('stop', true)}
    ${one.state === 'over' && html`<${Confirmed} label=${t('delete')} danger question=${t('confirm_experiment_delete', one.name)}
      act=${async () => { await remove(base(one.name)); location.hash = '#/experiments'; }} />`}</div>`;
}

function Arms({arms}) {
  return html`<section class="card"><div class="title"><h2>${t('arms')}</h2><a href=${'#/compare?runs=' + arms.map(arm => encodeURIComponent(arm.run)).join(',')}>${t('compare')}</a></div>
    <div class="scroll" tabindex="0"><table class="stack"><thead><tr><th>${t('arm')}</th><th>${t('run')}</th><th>${t('state')}</th><th class="number">${t('rounds')}</th><th class="number">${t('members')}</th><th>${t('differs_in')}</th></tr></thead>
    <tbody>${arms.map((arm, i) => html`<tr key=${arm.name}><td data-label=${t('arm')}><strong>${plain(arm.name)}</strong>${i === 0 && html` <span class="soft">${t('baseline')}</span>`}</td>
      <td data-label=${t('run')}><a href=${'#/runs/' + encodeURIComponent(arm.run)}>${plain(arm.run)}</a></td>
      <td class="wide" data-label=${t('state')}><${State} state=${arm.state} />${arm.message && html`<div><${Said} className="soft" text=${arm.message} /></div>`}</td>
      <td class="number" data-label=${t('rounds')}>${number(arm.round)}/${number(arm.rounds)}</td><td class="number" data-label=${t('members')}>${number(arm.members)}</td>
      <td class="wide" data-label=${t('differs_in')}>${Object.keys(arm.patch).length === 0 ? t('none') : Object.entries(arm.patch).map(([field, value]) => html`<div><code>${plain(field)}: ${plain(typeof value === 'object' ? JSON.stringify(value) : value)}</code></div>`)}</td></tr>`)}</tbody></table></div></section>`;
}

/** Fetches each arm's series. The number of an experiment's arms never changes, so each render calls the same hooks. */
function Curves({arms}) {
  const series = arms.map(arm => useResource(`/runs/${encodeURIComponent(arm.run)}/series?points=600`, OVER.includes(arm.state) ? 0 : 5000));
  const values = series.map(one => one.value);
  const ready = values.every(value => value) && values.some(value => value.round.length > 0);
  const over = axis => joined(values.map(value => [AXES[axis].column(value), figure(value, 'loss')]));
  const charts = useMemo(() => (ready ? axes(values).filter(axis => axis !== 'time').map(axis => [axis, over(axis)]) : []), values);
  if (!ready) return html`<p class="soft">${t('no_rounds')}</p>`;
  const curves = arms.map(arm => ({label: plain(arm.name)}));
  return html`${charts.map(([axis, data]) => html`<section class="card" key=${axis}><h2>${t('loss')} – ${t(AXES[axis].name)}</h2>
      <${Chart} label=${{x: t(AXES[axis].axis), y: t('loss'), text: t('loss')}} data=${data} series=${curves} kinds=${{x: AXES[axis].kind}} height=${300} /></section>`)}
    <${Verdict} arms=${arms} series=${values} />`;
}

/** Returns moving means of the loss, because single rounds are noisy. The report uses the same window. */
function smoothed(loss, window) {
  return loss.map((_, i) => {
    const some = loss.slice(Math.max(0, i - window + 1), i + 1).filter(Number.isFinite);
    return some.length ? some.reduce((sum, value) => sum + value, 0) / some.length : NaN;
  });
}

const SHARES = [0.5, 0.9, 0.99];

/** The rounds and bytes with which each arm reaches 50%, 90% and 99% of the first arm's improvement of the loss. */
function Verdict({arms, series}) {
  const window = Math.ceil(Math.min(...series.map(one => one.loss.length)) / 20) || 1;
  const losses = series.map(one => smoothed(one.loss, window));
  const known = losses[0].filter(Number.isFinite);
  const [begin, best] = [known[0], Math.min(...known)];
  if (known.length < 2 || !(best < begin)) return null;
  const ended = arms.every(arm => arm.state === 'finished');
  const rows = SHARES.map(part => {
    const target = begin - part * (begin - best);
    return {part, target, ways: losses.map((loss, i) => {
      const at = loss.findIndex(value => value <= target);
      return at < 0 ? null : {round: series[i].round[at], bytes: series[i].uplinkBytes[at]};
    })};
  });
  const {ways} = rows[1];
  return html`<section class="card"><h2>${t('verdict')}</h2>
    <p>${ended ? t('verdict_ended') : t('verdict_not_ended')}</p>
    ${ended && html`<ul>${arms.slice(1).map((arm, i) => html`<li>${ways[i + 1] === null
      ? t('verdict_missed', plain(arm.name), plain(arms[0].name))
      : t('verdict_reached', plain(arm.name), plain(arms[0].name), number(ways[i + 1].bytes / ways[0].bytes, 2), number((ways[i + 1].round + 1) / (ways[0].round + 1), 2))}</li>`)}</ul>`}
    <div class="scroll" tabindex="0"><table class="stack"><thead><tr><th class="number">${t('loss')}</th>${arms.map(arm => html`<th class="number">${plain(arm.name)}</th>`)}</tr></thead>
    <tbody>${rows.map(row => html`<tr key=${row.part}><td class="number wide" data-label=${t('loss')}>≤ ${number(row.target)}</td>${row.ways.map((way, i) => html`<td class="number" data-label=${plain(arms[i].name)}>${way === null ? t('none') : html`${t('rounds_and_bytes', number(way.round + 1), bytes(way.bytes))}`}</td>`)}</tr>`)}</tbody></table></div>
    <p class="soft">${t('verdict_hint')}</p></section>`;
}

/** Shows the experiment that a run belongs to. */
export function ExperimentOfRun({run}) {
  const found = useResource('/experiments?run=' + encodeURIComponent(run));
  return found.value?.length ? html`<p>${t('experiment')}: ${link(found.value[0].name)}</p>` : null;
}
