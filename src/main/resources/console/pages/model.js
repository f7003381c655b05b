import {html, useState} from '../standalone.module.js';
import {call, download} from '../api.js';
import {Dialog, Field, Refusal} from '../parts.js';
import {modelType} from '../tensor-file.js';
import {t} from '../text.js';

const ENDINGS = {safetensors: 'safetensors', npy: 'npy', raw: 'bin'};

/** A button that opens a dialog for downloading a model: its round, format and precision. */
export function DownloadModel({run, base}) {
  const [open, setOpen] = useState(false);
  return html`<button onClick=${() => setOpen(true)}>${t('download_model')}</button>
    ${open && html`<${Dialog} title=${t('download_model')} onClose=${() => setOpen(false)}><${DownloadForm} run=${run} base=${base} close=${() => setOpen(false)} /><//>`}`;
}

function DownloadForm({run, base, close}) {
  const [problem, setProblem] = useState(null);
  const save = async event => {
    event.preventDefault();
    const {round, format, dtype} = Object.fromEntries(new FormData(event.target));
    const which = round.trim() || 'latest';
    const name = `${run.name}-${which === 'latest' ? run.round : which}.${ENDINGS[format]}`;
    try {
      await download(`${base}/rounds/${encodeURIComponent(which)}/model?holder=coordinator&format=${format}&dtype=${dtype}`, name);
      close();
    } catch (refusal) { setProblem(refusal); }
  };
  return html`<form onSubmit=${save}>
    <${Refusal} problem=${problem} />
    <${Field} label=${t('round')} hint=${t('model_round_hint')}><input name="round" inputmode="numeric" pattern="[0-9]*" placeholder=${run.round} autocomplete="off" /><//>
    <${Field} label=${t('model_format')}><select name="format"><option value="safetensors">safetensors</option><option value="npy">NumPy (.npy)</option><option value="raw">${t('raw_numbers')}</option></select><//>
    <${Field} label=${t('precision')}><select name="dtype"><option value="float32">float32</option><option value="float64">float64</option></select><//>
    <div class="row"><button class="first">${t('download')}</button><button type="button" onClick=${close}>${t('cancel')}</button></div></form>`;
}

/** Uploads the initial model of a run that has not started. */
export function UploadModel({base}) {
  const [problem, setProblem] = useState(null);
  const [done, setDone] = useState(false);
  const upload = async event => {
    const file = event.target.files[0];
    if (!file) return;
    try {
      await call('PUT', base + '/model', {body: file, type: modelType(file)});
      setProblem(null); setDone(true);
    } catch (refusal) { setProblem(refusal); }
  };
  return html`<label class="button file">${t('upload_model')}<input type="file" accept=".safetensors,.npy,.bin" onChange=${upload} /></label>
    ${done && html`<span role="status">${t('uploaded')}</span>`}<${Refusal} problem=${problem} />`;
}
