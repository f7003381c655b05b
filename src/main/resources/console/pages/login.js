import {html, useState} from '../standalone.module.js';
import {get} from '../api.js';
import {begin} from '../oidc.js';
import {Refusal, useResource} from '../parts.js';
import {signIn, useStore} from '../store.js';
import {t} from '../text.js';

export function Login() {
  const [text, setText] = useState('');
  const [keep, setKeep] = useState(true);
  const [problem, setProblem] = useState(null);
  const {signInProblem} = useStore();
  const provider = useResource('/sign-in').value?.openIdConnect;
  const withToken = async event => {
    event.preventDefault();
    const token = text.trim();
    try {
      signIn(token, await get('/caller', {token}), keep);
    } catch (refusal) {
      setProblem(refusal.status === 401 ? {title: t('wrong_token')} : refusal.status === 403 ? {title: t('device_token')} : refusal);
    }
  };
  return html`<section class="card login"><form onSubmit=${withToken}>
    <h1>${t('sign_in')}</h1>
    <${Refusal} problem=${problem || signInProblem} />
    ${provider && html`<button type="button" class="first" onClick=${() => begin(provider, keep).catch(setProblem)}>${t('sign_in_at', new URL(provider.issuer).host)}</button>
      <p class="or"><span>${t('or_token')}</span></p>`}
    <p class="soft">${t('sign_in_intro')}</p>
    <label>${t('token')}<input type="password" autocomplete="current-password" required value=${text} onInput=${event => setText(event.target.value)} /></label>
    <label class="line"><input type="checkbox" checked=${keep} onChange=${event => setKeep(event.target.checked)} />${t('keep')}</label>
    <button class=${provider ? '' : 'first'}>${t('sign_in')}</button>
  </form></section>`;
}
