import {html, useState} from '../standalone.module.js';
import {call, post} from '../api.js';
import {Field, Refusal} from '../parts.js';
import {t} from '../text.js';

const ALGORITHMS = ['ef21-norm', 'ef21-sgdm-norm', 'ef21', 'ef21-sgdm', 'ef14', 'dcgd', 'gd', 'gd-norm'];
const EMPTY = {name: '', dimension: '', algorithm: 'ef21-norm', compressor: 'top-k:0.01', rounds: '1000', gamma: '', min: '1', time: '60s', sampling: '1', initialModel: 'zeros'};

/** Returns the definition that the form stands for; what is empty is left to the coordinator's defaults. */
function definition(form) {
  const number = text => (text.trim() === '' ? undefined : Number(text));
  return {
    name: form.name.trim() || undefined,
    dimension: number(form.dimension),
    algorithm: form.algorithm,
    compressor: form.compressor.trim() || undefined,
    rounds: number(form.rounds),
    gamma: form.gamma.trim() || undefined,
    participants: form.min.trim() ? {min: number(form.min)} : undefined,
    time: form.time.trim() ? {max: form.time.trim()} : undefined,
    sampling: number(form.sampling),
    initialModel: form.initialModel,
  };
}

export function NewRunPage() {
  const [form, setForm] = useState(EMPTY);
  const [text, setText] = useState(null);
  const [problem, setProblem] = useState(null);
  const json = JSON.stringify(definition(form), null, 2);
  const set = key => event => setForm({...form, [key]: event.target.value});
  const input = (key, more = {}) => html`<input name=${key} value=${form[key]} onInput=${set(key)} ...${more} />`;
  const create = async event => {
    event.preventDefault();
    try {
      const run = text === null ? await post('/runs', definition(form)) : await call('POST', '/runs', {body: text, type: 'application/json'});
      location.hash = '#/runs/' + encodeURIComponent(run.name);
    } catch (refusal) { setProblem(refusal); window.scrollTo(0, 0); }
  };
  return html`<div class="title"><h1>${t('new_run')}</h1><div class="row">
      <button aria-pressed=${text === null} onClick=${() => setText(null)}>${t('form')}</button>
      <button aria-pressed=${text !== null} onClick=${() => setText(text ?? json)}>${t('as_json')}</button></div></div>
    <p class="soft">${t('new_run_intro')}</p>
    <${Refusal} problem=${problem} />
    <section class="card"><form onSubmit=${create}>
      ${text !== null ? html`<label>${t('definition')}<textarea spellcheck=${false} value=${text} onInput=${event => setText(event.target.value)}></textarea></label>` : html`
      <div class="fields">
        <${Field} label=${t('run_name')} hint=${t('run_name_hint')}>${input('name', {required: true, pattern: '[a-z0-9\\-]{1,64}', autocomplete: 'off'})}<//>
        <${Field} label=${t('dimension')} hint=${t('dimension_hint')}>${input('dimension', {required: true, inputmode: 'numeric'})}<//>
        <${Field} label=${t('algorithm')} hint=${t('algorithm_hint')}><select name="algorithm" value=${form.algorithm} onChange=${set('algorithm')}>${ALGORITHMS.map(one => html`<option value=${one}>${one}</option>`)}</select><//>
        <${Field} label=${t('compressor')} hint=${t('compressor_hint')}>${input('compressor')}<//>
        <${Field} label=${t('rounds')} hint=${t('rounds_hint')}>${input('rounds', {inputmode: 'numeric'})}<//>
        <${Field} label=${t('gamma')} hint=${t('gamma_hint')}>${input('gamma')}<//>
        <${Field} label=${t('min_participants')} hint=${t('min_participants_hint')}>${input('min', {inputmode: 'numeric'})}<//>
        <${Field} label=${t('max_time')} hint=${t('max_time_hint')}>${input('time')}<//>
        <${Field} label=${t('sampling')} hint=${t('sampling_hint')}>${input('sampling', {inputmode: 'decimal'})}<//>
        <${Field} label=${t('initial_model')}><select name="initialModel" value=${form.initialModel} onChange=${set('initialModel')}><option value="zeros">${t('zeros')}</option><option value="uploaded">${t('uploaded_model')}</option></select><//>
      </div>
      <details><summary>${t('stands_for')}</summary><pre tabindex="0">${json}</pre></details>`}
      <div class="row"><button class="first">${t('create')}</button><a class="button" href="#/runs">${t('cancel')}</a></div>
    </form></section>`;
}
