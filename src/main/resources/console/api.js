// Calls the public REST API with the reader's credentials.
import {fresh} from './oidc.js';
import {signOut, state, update} from './store.js';

/** An RFC 9457 problem, or the error that the coordinator cannot be reached. */
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || body.title);
    this.status = status;
    this.slug = (body.type || '').replace('urn:evenkeel:problem:', '');
    this.title = body.title;
    this.action = body.action;
    this.errors = body.errors;
  }
}

const cached = new Map();

/** Sends a request. Caches responses to GET with an ETag, and revalidates them. */
export async function call(method, path, {body, type, signal, token: given} = {}) {
  if (!given) await fresh();
  const token = given || state.token;
  const headers = {Accept: 'application/json, application/problem+json'};
  if (token) headers.Authorization = 'Bearer ' + token;
  const known = method === 'GET' ? cached.get(path) : undefined;
  if (known) headers['If-None-Match'] = known.tag;
  if (body !== undefined) headers['Content-Type'] = type || 'application/json';
  let response;
  try {
    response = await fetch('/api/v1' + path, {
      method, headers, signal, cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer',
      body: body === undefined || type ? body : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    update({online: false});
    throw new Problem(0, {type: 'unreachable', title: ''});
  }
  if (!state.online) update({online: true});
  if (response.status === 304) return known.value;
  if (response.ok) {
    const value = response.status === 204 ? null : await response.json();
    const tag = response.headers.get('ETag');
    if (method === 'GET' && tag) remember(path, {tag, value});
    return value;
  }
  const problem = new Problem(response.status, await response.json().catch(() => ({title: response.statusText})));
  // A retry would be refused too, so the reader must sign in again.
  if (response.status === 401 && token && token === state.token) signOut(problem);
  throw problem;
}

function remember(path, entry) {
  cached.delete(path);
  cached.set(path, entry);
  if (cached.size > 50) cached.delete(cached.keys().next().value);
}

export const get = (path, options) => call('GET', path, options);
export const post = (path, body, options) => call('POST', path, {body, ...options});
export const remove = path => call('DELETE', path);

/** Downloads a file with the credentials, which a plain link would not send. */
export async function download(path, name) {
  await fresh();
  const response = await fetch('/api/v1' + path, {
    headers: {Authorization: 'Bearer ' + state.token, Accept: '*/*'}, credentials: 'omit', cache: 'no-store',
  });
  if (!response.ok) throw new Problem(response.status, await response.json().catch(() => ({title: response.statusText})));
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await response.blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
