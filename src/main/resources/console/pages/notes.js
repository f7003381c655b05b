// A run's notes: a description and tags, which operators can change at any time, even after the run has ended.
import {html, useState} from '../standalone.module.js';
import {call} from '../api.js';
import {plain} from '../format.js';
import {Dialog, Field, Refusal} from '../parts.js';
import {isOperator} from '../store.js';
import {t} from '../text.js';

/** Draws tags; with choose, each is a button that lists the runs with the same tag. */
export const Tags = ({tags, choose}) => tags && html`<div class="tags">${tags.map(tag => (choose ? html`<button type="button" title=${t('runs_with_tag')} onClick=${() => choose(tag)}>${plain(tag)}</button>` : html`<span>${plain(tag)}</span>`))}</div>`;

export function Notes({run, base, ask}) {
  const [open, setOpen] = useState(null);
  const some = run.description || run.tags;
  if (!some && !isOperator()) return null;
  return html`<div class="notes">${run.description && html`<p>${run.description.split('\n').map(plain).join('\n')}</p>`}
    <div class="row"><${Tags} tags=${run.tags} />${isOperator() && html`<button class="quiet" onClick=${() => setOpen(run)}>${t(some ? 'edit_notes' : 'add_notes')}</button>`}</div>
    ${open && html`<${NotesDialog} run=${open} base=${base} close=${() => setOpen(null)} done=${() => { setOpen(null); ask(); }} />`}</div>`;
}

function NotesDialog({run, base, close, done}) {
  const [problem, setProblem] = useState(null);
  const save = async event => {
    event.preventDefault();
    const of = new FormData(event.target);
    const tags = of.get('tags').split(',').map(tag => tag.trim()).filter(Boolean);
    const body = {description: of.get('description').replaceAll('\r', '').trim() || null, tags: tags.length ? tags : null};
    try {
      await call('PATCH', base, {body: JSON.stringify(body), type: 'application/merge-patch+json'});
      done();
    } catch (refusal) { setProblem(refusal); }
  };
  return html`<${Dialog} title=${t('notes_of', plain(run.name))} onClose=${close}><form onSubmit=${save}>
    <${Field} label=${t('description')} hint=${t('notes_hint')}><textarea name="description" class="low" maxlength="1000">${run.description ?? ''}</textarea><//>
    <${Field} label=${t('tags')} hint=${t('tags_hint')}><input name="tags" autocomplete="off" defaultValue=${(run.tags ?? []).join(', ')} /><//>
    <p class="soft">${t('audited')}</p><${Refusal} problem=${problem} />
    <div class="row"><button class="first">${t('save')}</button><button type="button" onClick=${close}>${t('cancel')}</button></div></form><//>`;
}
