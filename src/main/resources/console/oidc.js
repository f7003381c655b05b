// Sign-in with an OpenID Connect provider: authorization code with PKCE (RFC 7636), as a public client without a
// secret.
import {get} from './api.js';
import {signIn, signOut, state, update} from './store.js';
import {t} from './text.js';

const PENDING = 'evenkeel.sign-in';
const redirectUri = location.origin + '/';

const base64url = bytes => btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

async function json(url, options) {
  let response;
  try {
    response = await fetch(url, {credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer', redirect: 'error', ...options});
  } catch (error) {
    throw new Error(t('sso_unreachable', new URL(url).origin), {cause: error});
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw Object.assign(new Error(t('sso_refused', body.error_description || body.error || response.status)), {refused: response.status < 500});
  return body;
}

/** Reads the provider's metadata; its token endpoint must have an origin to which this page may send requests. */
async function discover(issuer) {
  const metadata = await json(issuer.replace(/\/+$/, '') + '/.well-known/openid-configuration');
  if (metadata.issuer !== issuer) throw new Error(t('sso_wrong_issuer', metadata.issuer, issuer));
  if (new URL(metadata.token_endpoint).origin !== new URL(issuer).origin) throw new Error(t('sso_other_origin', metadata.token_endpoint));
  if (!/^https?:$/.test(new URL(metadata.authorization_endpoint).protocol)) throw new Error(t('sso_wrong_issuer', metadata.authorization_endpoint, issuer));
  return metadata;
}

/** Opens the provider's page. This tab stores the data for the return. */
export async function begin({issuer, clientId, scope}, keep) {
  // Browsers offer SHA-256 only with HTTPS or on localhost.
  if (!crypto.subtle) throw new Error(t('sso_needs_https'));
  const metadata = await discover(issuer);
  const pending = {
    issuer, clientId, keep, state: random(), nonce: random(), verifier: random(), page: location.hash,
    tokenEndpoint: metadata.token_endpoint, endSessionEndpoint: metadata.end_session_endpoint,
  };
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  const challenge = base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(pending.verifier))));
  const address = new URL(metadata.authorization_endpoint);
  for (const [key, value] of Object.entries({
    response_type: 'code', response_mode: 'query', client_id: clientId, redirect_uri: redirectUri, scope,
    state: pending.state, nonce: pending.nonce, code_challenge: challenge, code_challenge_method: 'S256',
  })) address.searchParams.set(key, value);
  location.assign(address);
}

function take(key) {
  try {
    const value = JSON.parse(sessionStorage.getItem(key));
    sessionStorage.removeItem(key);
    return value;
  } catch {
    return null;
  }
}

/** Completes a sign-in after the provider's redirect. Removes the code from the address immediately. */
export async function finish() {
  const answer = new URLSearchParams(location.search);
  if (!answer.has('state')) return;
  const pending = take(PENDING);
  history.replaceState(null, '', location.pathname + (pending?.page || location.hash));
  update({signingIn: true, signInProblem: null});
  try {
    await complete(answer, pending);
  } catch (problem) {
    update({signInProblem: problem});
  } finally {
    update({signingIn: false});
  }
}

async function complete(answer, pending) {
  if (!pending || answer.get('state') !== pending.state) throw new Error(t('sso_wrong_state'));
  if (answer.has('iss') && answer.get('iss') !== pending.issuer) throw new Error(t('sso_wrong_issuer', answer.get('iss'), pending.issuer));
  if (answer.has('error')) throw new Error(t('sso_refused', answer.get('error_description') || answer.get('error')));
  const tokens = await exchange(pending, {
    grant_type: 'authorization_code', code: answer.get('code') || '', redirect_uri: redirectUri, code_verifier: pending.verifier,
  });
  requireOurs(tokens.id_token, pending);
  signIn(tokens.access_token, await get('/caller', {token: tokens.access_token}), pending.keep, session(pending, tokens));
}

const exchange = ({tokenEndpoint, clientId}, form) => json(tokenEndpoint, {
  method: 'POST', headers: {Accept: 'application/json'}, body: new URLSearchParams({client_id: clientId, ...form}),
});

function claims(jwt) {
  try {
    const bytes = Uint8Array.from(atob(jwt.split('.')[1].replaceAll('-', '+').replaceAll('_', '/')), one => one.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return {};
  }
}

/**
 * Checks that the ID token belongs to this sign-in. The ID token came directly from the provider over TLS, so its
 * signature need not be checked (OpenID Connect Core 1.0, section 3.1.3.7). The coordinator checks the signature of the
 * access token.
 */
function requireOurs(idToken, {issuer, clientId, nonce}) {
  const {iss, aud, exp, nonce: found} = claims(idToken || '');
  if (iss !== issuer || ![].concat(aud).includes(clientId) || found !== nonce || !(exp * 1000 > Date.now() - 60_000)) {
    throw new Error(t('sso_wrong_id_token'));
  }
}

/** Returns a session without its access token, which is renewed after three quarters of its lifetime. */
function session({issuer, clientId, keep, tokenEndpoint, endSessionEndpoint}, tokens, before = {}) {
  const life = tokens.expires_in ?? claims(tokens.access_token).exp - Date.now() / 1000;
  return {
    issuer, clientId, keep, tokenEndpoint, endSessionEndpoint,
    idToken: tokens.id_token || before.idToken, refreshToken: tokens.refresh_token || before.refreshToken,
    renewAt: Number.isFinite(life) ? Date.now() + life * 750 : null,
  };
}

let renewing = null;

/** Renews the access token if renewal is due; concurrent callers share one renewal. */
export async function fresh() {
  const {session: current} = state;
  if (!current?.refreshToken || !current.renewAt || Date.now() < current.renewAt) return;
  renewing ??= renew(current).finally(() => { renewing = null; });
  await renewing;
}

async function renew(current) {
  try {
    const tokens = await exchange(current, {grant_type: 'refresh_token', refresh_token: current.refreshToken});
    if (state.session === current) signIn(tokens.access_token, state.caller, current.keep, session(current, tokens, current));
  } catch (problem) {
    // If the provider cannot be reached, the old token may still be valid, and the next request tries again.
    if (problem.refused && state.session === current) signOut(new Error(t('sso_over')));
  }
}

/** Signs out here, and at the provider if it supports that. */
export function leave() {
  const {session: over} = state;
  signOut();
  if (!over?.endSessionEndpoint || !/^https?:\/\//.test(over.endSessionEndpoint)) return;
  const address = new URL(over.endSessionEndpoint);
  const values = {client_id: over.clientId, post_logout_redirect_uri: redirectUri, ...(over.idToken && {id_token_hint: over.idToken})};
  for (const [key, value] of Object.entries(values)) address.searchParams.set(key, value);
  location.assign(address);
}
