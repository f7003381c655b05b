// Streams a run's events with fetch, because EventSource cannot send the Authorization header.
import {useEffect, useRef, useState} from './standalone.module.js';
import {get} from './api.js';
import {fresh} from './oidc.js';
import {state} from './store.js';

/** The kinds of events for filters; all other events have the kind 'run'. */
const KINDS = {rounds: ['round.closed'], trouble: ['run.failed', 'run.stalled', 'run.diverged', 'run.chain_broken', 'round.quorum_missed', 'round.extended', 'round.cohort_lost', 'rounds.skipped', 'member.left_out', 'losses.inconsistent', 'history.lost', 'rollout.stopped']};
export const kindOf = type => Object.keys(KINDS).find(kind => KINDS[kind].includes(type)) ?? 'run';

const RETRY = 2000;
const SILENCE = 45_000; // The stream contains a comment every 15 s.
const KEPT = 100;

/**
 * Adds an event to a list, newest first. Combines consecutive closed rounds into one entry with the figures of the
 * last, so that they do not push other events out of the list. Omits opened rounds, because closing a round implies
 * opening the next one.
 */
function withEvent(events, event) {
  if (event.type === 'round.opened') return events;
  const [newest, ...older] = events;
  const folded = event.type === 'round.closed' && newest?.type === 'round.closed'
    ? [{...event, id: newest.id, first: newest.first ?? newest.round}, ...older] : [event, ...events];
  return folded.slice(0, KEPT);
}

/** Combines the stream's events with the older ones from the event log, newest first. */
function merged(events, recorded) {
  const known = new Set(events.map(one => one.id));
  return [...events, ...recorded.filter(one => !known.has(one.id))].sort((one, other) => other.id - one.id).slice(0, KEPT);
}

/** Calls handle(type, data, id) for each event of a text/event-stream until it ends. */
async function read(body, touched, handle) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const {value, done} = await reader.read();
    if (done) return;
    touched();
    const blocks = (rest + value).split('\n\n');
    rest = blocks.pop();
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split('\n').map(line => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
      if (fields.data) handle(fields.event, JSON.parse(fields.data), fields.id);
    }
  }
}

/**
 * Follows a run. Returns {connected, events, refusals}: whether the stream is open, the newest events with combined
 * rounds, newest first, and refused messages by reason. Calls changed(types) at most once a second with the types of
 * new events. Continues from the last event after a reconnection. Pages in the background close their stream, because
 * a browser opens only six connections to a server.
 */
export function useRunEvents(base, changed) {
  const [seen, setSeen] = useState({connected: false, events: [], recorded: [], refusals: {}});
  const handler = useRef(changed);
  handler.current = changed;
  useEffect(() => {
    let last = null;
    let abort = null;
    let retry = 0;
    let watchdog = 0;
    let waiting = null;
    let flush = 0;
    let ended = false;
    const set = change => setSeen(before => ({...before, ...change(before)}));
    const tell = type => {
      waiting = (waiting || new Set()).add(type);
      if (!flush) flush = setTimeout(() => { const types = waiting; waiting = null; flush = 0; handler.current(types); }, 1000);
    };
    const handle = (type, data, id) => {
      last = id;
      if (type === 'refusals') set(() => ({refusals: data}));
      else if (type !== 'progress' && type !== 'missed') set(before => ({events: withEvent(before.events, {id: Number(id), type, ...data})}));
      tell(type);
    };
    const stop = () => { clearTimeout(retry); clearTimeout(watchdog); if (abort) abort.abort(); abort = null; };
    const connect = async () => {
      stop();
      if (ended || document.hidden || !navigator.onLine) return;
      const mine = new AbortController();
      abort = mine;
      const touched = () => { clearTimeout(watchdog); watchdog = setTimeout(() => mine.abort(), SILENCE); };
      try {
        await fresh();
        const headers = {Accept: 'text/event-stream', Authorization: 'Bearer ' + state.token};
        if (last !== null) headers['Last-Event-ID'] = last;
        touched();
        const response = await fetch(`/api/v1${base}/events${last === null ? `?last=${KEPT}` : ''}`, {headers, signal: mine.signal, cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer'});
        // 204 means that the run is over. The page's other requests get the same 4xx refusals, and show them.
        if (response.status === 204 || (response.status >= 400 && response.status < 500)) ended = true;
        if (response.status === 200) {
          set(() => ({connected: true}));
          await read(response.body, touched, handle);
        }
      } catch { /* The network failed, or this page was closed. */ }
      if (abort !== mine) return;
      abort = null;
      clearTimeout(watchdog);
      set(() => ({connected: false}));
      retry = setTimeout(connect, RETRY);
    };
    const pause = () => { stop(); set(() => ({connected: false})); };
    const look = () => (document.hidden || !navigator.onLine ? pause() : abort || connect());
    document.addEventListener('visibilitychange', look);
    window.addEventListener('online', look);
    window.addEventListener('offline', look);
    connect();
    // The stream starts with the newest events, often only rounds, so older events come from the event log.
    get(`${base}/event-log?limit=${KEPT}`).then(recorded => set(() => ({recorded})), () => {});
    return () => {
      ended = true;
      stop();
      clearTimeout(flush);
      document.removeEventListener('visibilitychange', look);
      window.removeEventListener('online', look);
      window.removeEventListener('offline', look);
    };
  }, [base]);
  return {...seen, events: merged(seen.events, seen.recorded)};
}
