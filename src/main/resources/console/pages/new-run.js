import {html, useState} from '../standalone.module.js';
import {call, post} from '../api.js';
import {FIELDS, emptyForm, toDefinition, toForm, toYaml} from '../fields.js';
import {number, plain} from '../format.js';
import {CopyButton, Field, Loaded, Refusal, useResource} from '../parts.js';
import {modelType, parameters, readTensors} from '../tensor-file.js';
import {t} from '../text.js';

/** Parses YAML; loads the library on first use. */
const parsed = async text => (await import('../yaml.js')).parse(text);

export function NewRunPage() {
  const catalogue = useResource('/algorithms');
  return html`<div class="title"><h1>${t('new_run')}</h1></div><${Loaded} resource=${catalogue}>${found => html`<${NewRun} catalogue=${found} />`}<//>`;
}

/** A form and the equivalent YAML; either can be edited, and a model's file fills in the tensors. */
function NewRun({catalogue}) {
  const [form, setForm] = useState(emptyForm(catalogue.suggested));
  const [tensors, setTensors] = useState(null);
  const [rest, setRest] = useState({});
  const [file, setFile] = useState(null);
  const [text, setText] = useState(null);
  const [problem, setProblem] = useState(null);
  const [created, setCreated] = useState(null);
  const yaml = toYaml(toDefinition(form, tensors, rest));
  const refuse = refusal => { setProblem(refusal); window.scrollTo(0, 0); };
  const attempt = async act => { try { setProblem(null); await act(); } catch (refusal) { refuse(refusal); } };

  const toFields = () => attempt(async () => {
    const read = toForm(await parsed(text));
    setForm(read.form); setTensors(read.tensors); setRest(read.rest); setText(null);
  });
  const takeFile = event => attempt(async () => {
    const chosen = event.target.files[0];
    if (!chosen) return;
    const found = await readTensors(chosen);
    setFile(chosen); setTensors(found); setForm({...form, initialModel: 'uploaded'});
  });
  const upload = async run => {
    await call('PUT', `/runs/${encodeURIComponent(run)}/model`, {body: file, type: modelType(file)});
  };
  const create = event => {
    event.preventDefault();
    return attempt(async () => {
      const definition = text === null ? toDefinition(form, tensors, rest) : await parsed(text);
      const name = created ?? (await post('/runs', definition)).name;
      setCreated(name);
      if (file && definition.initialModel === 'uploaded') await upload(name);
      location.hash = '#/runs/' + encodeURIComponent(name);
    });
  };

  return html`<p class="soft">${t('new_run_intro')}</p>
    <${Refusal} problem=${problem} />
    ${created && problem && html`<p class="note warn" role="status">${t('created_without_model', created)} <a href=${'#/runs/' + encodeURIComponent(created)}>${plain(created)}</a></p>`}
    <form onSubmit=${create}>
      ${text === null ? html`<div class="halves">
        <section class="card"><h2>${t('form')}</h2>
          <${ModelFile} file=${file} tensors=${tensors} take=${takeFile} drop=${() => { setFile(null); setTensors(null); setForm({...form, initialModel: 'zeros'}); }} />
          <${Fields} form=${form} setForm=${setForm} tensors=${tensors} catalogue=${catalogue} /></section>
        <section class="card"><div class="title"><h2>${t('stands_for')}</h2><div><${CopyButton} text=${yaml} /><button type="button" onClick=${() => setText(yaml)}>${t('edit_yaml')}</button></div></div>
          <p class="hint">${t('yaml_hint')}</p>
          ${Object.keys(rest).length > 0 && html`<p class="note" role="status">${t('yaml_beyond_form', Object.keys(rest).join(', '))}</p>`}<pre class="wrap" tabindex="0">${yaml}</pre></section></div>`
      : html`<section class="card"><label>YAML<textarea class="tall" spellcheck=${false} value=${text} onInput=${event => setText(event.target.value)}></textarea></label>
          <div class="row"><button type="button" onClick=${toFields}>${t('back_to_form')}</button></div></section>`}
      <div class="row"><button class="first">${t(created ? 'upload_model' : 'create')}</button><a class="button" href="#/runs">${t('cancel')}</a></div>
    </form>`;
}

function ModelFile({file, tensors, take, drop}) {
  return html`<${Field} label=${t('model_file')} hint=${t('model_file_hint')}><input type="file" accept=".safetensors,.npy" onChange=${take} /><//>
    ${tensors && html`<p class="note good" role="status">${t('tensors_found', number(tensors.length), number(parameters(tensors)))} ${file && plain(file.name)}
      <button type="button" onClick=${drop}>${t('without_tensors')}</button></p>`}`;
}

function Fields({form, setForm, tensors, catalogue}) {
  const set = path => event => setForm({...form, [path]: event.target.value});
  const shown = FIELDS.filter(field => !(tensors && field.path === 'dimension'));
  const optionsOf = field => {
    if (!field.methods) return field.options;
    const names = (catalogue[field.methods] ?? []).map(one => one.name);
    // Keeps a value from pasted YAML, which may have parameters.
    const own = form[field.path];
    return [...new Set([...(field.path in catalogue.suggested ? [] : ['']), ...names, own])].map(one => [one, one || 'default_value']);
  };
  const input = field => {
    const options = optionsOf(field);
    return html`<${Field} key=${field.path} label=${t(field.label)} hint=${t(field.hint)}>${options
    ? html`<select name=${field.path} value=${form[field.path]} onChange=${set(field.path)}>${options.map(([value, text]) => html`<option value=${value} selected=${value === form[field.path]}>${label(text)}</option>`)}</select>`
    : html`<input name=${field.path} value=${form[field.path]} onInput=${set(field.path)} required=${field.required} pattern=${field.pattern} inputmode=${field.number ? 'decimal' : undefined} autocomplete="off" />`}<//>`;
  };
  return html`<div class="fields">${shown.filter(field => !field.rare).map(input)}</div>
    <details><summary>${t('more_fields')}</summary><div class="fields">${shown.filter(field => field.rare).map(input)}</div></details>`;
}

const NAMED = ['zeros', 'uploaded_model', 'default_value'];
const label = text => (NAMED.includes(text) ? t(text) : text);
