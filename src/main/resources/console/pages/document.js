import {html, useEffect, useState} from '../standalone.module.js';
import {Markdown} from '../markdown.js';
import {Loaded, Problem} from '../parts.js';
import {t} from '../text.js';

/** A document of this version. The coordinator serves it, because many installations have no access to the web. */
export function DocumentPage({name = 'README', query}) {
  const [found, setFound] = useState({});
  useEffect(() => {
    if (!/^[\w-]+$/.test(name)) { setFound({problem: new Problem(404, {title: t('not_found')})}); return; }
    fetch(`/console/docs/${name}.md`, {credentials: 'omit'}).then(async response => {
      if (!response.ok) throw new Problem(response.status, {title: t('not_found')});
      setFound({value: await response.text()});
    }).catch(problem => setFound({problem}));
  }, [name]);
  const at = query.get('at');
  useEffect(() => { if (found.value && at) document.getElementById(at)?.scrollIntoView(); }, [found.value, at]);
  return html`${name !== 'README' && html`<p><a href="#/docs">${t('all_documents')}</a></p>`}
    <${Loaded} resource=${found}>${text => html`<article class="card document" lang="en"><${Markdown} text=${text} name=${name} /></article>`}<//>`;
}
