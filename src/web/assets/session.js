/* global WORDS */
/**
 * Optional, for pages of an app: `<script src="/.sallyport/session.js" defer></script>`. Warns two minutes before the
 * session ends and lets the person stay (WCAG 2.2.1, 2.2.6). Lives in a shadow root, so that neither the app's style nor
 * ours reaches the other; needs no inline style, and never throws into the app. assets.ts puts WORDS before it.
 */
const WARN_MS = 120_000;
const LOOK_AGAIN_MS = 15_000;
/** Timers longer than that overflow (HTML, 32-bit signed milliseconds). */
const LONGEST_MS = 2_000_000_000;

const STYLE = `
:host { all: initial; }
dialog {
  box-sizing: border-box; width: min(26rem, calc(100vw - 2rem)); padding: 1.5rem; border: 1px solid #7b8790;
  border-radius: 0.75rem; background: #fff; color: #17212a; font: 16px/1.5 system-ui, sans-serif;
}
dialog::backdrop { background: rgb(0 0 0 / 45%); }
h2 { margin: 0 0 0.5rem; font-size: 1.25rem; line-height: 1.3; }
p { margin: 0 0 1rem; overflow-wrap: break-word; }
.error { color: #a3231b; font-weight: 600; }
.error:empty { display: none; }
div { display: flex; flex-wrap: wrap; gap: 0.75rem; }
button, a {
  box-sizing: border-box; flex: 1 1 9rem; min-height: 2.75rem; padding: 0.5rem 1rem; border: 1px solid transparent;
  border-radius: 0.5rem; background: #e9eef0; color: #17212a; font: inherit; font-weight: 600; text-align: center;
  text-decoration: none; cursor: pointer;
}
.main { background: #0d5f58; color: #fff; }
:focus-visible { outline: 3px solid #1668c7; outline-offset: 2px; }
@media (prefers-color-scheme: dark) {
  dialog { border-color: #74838e; background: #182026; color: #e9eef1; }
  button, a { background: #26323a; color: #e9eef1; }
  .main { background: #6fcfc3; color: #06211e; }
  .error { color: #ffaba3; }
  :focus-visible { outline-color: #8dbdff; }
}
@media (forced-colors: active) { button, a { border-color: ButtonText; } }
`;

const language = (document.documentElement.lang || navigator.language || 'en').slice(0, 2).toLowerCase();
const words = Object.hasOwn(WORDS, language) ? WORDS[language] : WORDS.en;

/** Moments in ms on the server's clock; `skew` is how far ours is behind it. */
let known = null;
/** Whether this page has ever had a session: one that never had is left alone. */
let watching = false;
let skew = 0;
let timer;
let view = null;
/** The end that a person has put aside; the warning does not come back for it. */
let dismissed = null;

const now = () => Date.now() + skew;
/** Moves with activity, so that a warning that was put aside counts for this end alone. */
const endOf = (session) => Math.min(session.idle, session.absolute);

function readTimes(answer, value) {
  const served = Date.parse(answer.headers.get('Date') ?? '');
  if (Number.isFinite(served)) skew = served - Date.now();
  return { idle: value.idle_expires_at * 1000, absolute: value.expires_at * 1000 };
}

/** The session's times; null when there is none any more; undefined when nobody answered. */
async function ask(address, method) {
  const json = { Accept: 'application/json', 'Content-Type': 'application/json' };
  const body = method === 'POST' ? '{}' : undefined;
  try {
    const answer = await fetch(address, { method, headers: json, body, cache: 'no-store', credentials: 'same-origin' });
    if (answer.status === 401) return null;
    return answer.ok ? readTimes(answer, await answer.json()) : undefined;
  } catch {
    return undefined;
  }
}

function lengthOf(ms) {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  // In steps of ten, so that the sentence is not rewritten all the time.
  const [count, unit] = seconds <= 60 ? [Math.ceil(seconds / 10) * 10, 'second'] : [Math.ceil(seconds / 60), 'minute'];
  return new Intl.NumberFormat(words.locale, { style: 'unit', unit, unitDisplay: 'long' }).format(count);
}

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function close() {
  clearInterval(view?.ticker);
  view?.host.remove();
  view = null;
}

/** Builds the dialog once; its words and buttons are set by `show`. */
function build() {
  const host = document.createElement('sallyport-session');
  const shadow = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  shadow.adoptedStyleSheets = [sheet];
  const title = element('h2', { id: 'title', textContent: words.title });
  const text = element('p', { id: 'text' });
  const error = element('p', { className: 'error' });
  error.setAttribute('role', 'alert');
  const buttons = element('div', {});
  const lang = words === WORDS.en ? 'en' : language;
  const dialog = element('dialog', { lang, dir: words.dir }, title, text, error, buttons);
  dialog.setAttribute('aria-labelledby', 'title');
  dialog.setAttribute('aria-describedby', 'text');
  dialog.addEventListener('close', () => {
    dismissed = known === null ? 'ended' : endOf(known);
    close();
    plan();
  });
  shadow.append(dialog);
  document.body.append(host);
  return { host, dialog, title, text, error, buttons, state: null, ticker: undefined };
}

function button(text, deed, main) {
  const made = element('button', { type: 'button', textContent: text, className: main ? 'main' : '' });
  made.addEventListener('click', deed);
  return made;
}

/** In a new tab, so that what is on this page stays. */
function signInLink() {
  const here = encodeURIComponent(location.pathname + location.search);
  return element('a', {
    href: `/.sallyport/sign-in?next=${here}`,
    target: '_blank',
    rel: 'noopener',
    className: 'main',
    textContent: words.signIn,
  });
}

async function stay() {
  const times = await ask('/.sallyport/session/extend', 'POST');
  if (times === undefined) {
    if (view) view.error.textContent = words.failed;
    return;
  }
  known = times;
  close();
  look();
}

async function signOut() {
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json' };
  const answer = await fetch('/.sallyport/sign-out', { method: 'POST', headers, body: '{}' }).catch(() => undefined);
  if (answer?.ok) location.assign('/.sallyport/signed-out');
  else if (view) view.error.textContent = words.failed;
}

const dismiss = () => view?.dialog.close();

const BUTTONS = {
  idle: () => [button(words.stay, stay, true), button(words.signOut, signOut)],
  absolute: () => [button(words.close, dismiss, true), button(words.signOut, signOut)],
  ended: () => [signInLink(), button(words.close, dismiss)],
};

function write(state) {
  const text = words[state].replace('{time}', known === null ? '' : lengthOf(endOf(known) - now()));
  if (view.text.textContent !== text) view.text.textContent = text;
}

/** `idle`: staying helps; `absolute`: only a new sign-in does; `ended`: it is over. */
function show(state) {
  view ??= build();
  if (view.state !== state) {
    view.state = state;
    view.title.textContent = state === 'ended' ? words.titleEnded : words.title;
    view.error.textContent = '';
    view.buttons.replaceChildren(...BUTTONS[state]());
    if (!view.dialog.open) view.dialog.showModal();
    view.buttons.firstElementChild.focus();
  }
  clearInterval(view.ticker);
  if (state !== 'ended') view.ticker = setInterval(() => view && write(state), 1000);
  write(state);
}

function wake(ms) {
  clearTimeout(timer);
  timer = setTimeout(look, Math.min(Math.max(1000, ms), LONGEST_MS));
}

/** When to look again; while a warning is open, often: another tab may have been used. */
function plan() {
  if (known === null) return;
  const left = endOf(known) - now();
  wake(left > WARN_MS ? left - WARN_MS : Math.min(LOOK_AGAIN_MS, left + 1000));
}

function judge() {
  const end = endOf(known);
  if (end - now() > WARN_MS) {
    close();
    return;
  }
  // Moments of the server are whole seconds: the same end is the same number.
  if (dismissed !== end) show(known.absolute <= known.idle ? 'absolute' : 'idle');
}

/** Asks where the session stands. */
async function look() {
  try {
    const times = await ask('/.sallyport/session', 'GET');
    if (times === undefined) {
      wake(LOOK_AGAIN_MS);
      return;
    }
    known = times;
    if (times === null) {
      clearTimeout(timer);
      if (watching && dismissed !== 'ended') show('ended');
      return;
    }
    watching = true;
    judge();
    plan();
  } catch {
    // Comfort only: whatever goes wrong here is not the app's trouble.
  }
}

document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible' && watching) look();
});
look();
