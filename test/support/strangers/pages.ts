import { escapeHtml } from '../../../src/lib/html.ts';
import type { Traits } from './traits.ts';

/** What pages of a stranger need of one browser. */
export interface Seen {
  readonly token: string;
  readonly name: string | null;
  readonly fault: boolean;
}

export const QUESTION = '/rest/whois/current';
export const SETTINGS = '/my/settings';
export const SCRIPT = '/assets/bundle.js';
export const PEOPLE = ['alice', 'bob'] as const;

const DISPLAY: Readonly<Record<string, string>> = { alice: 'Alice Smith', bob: 'Bob Jones' };

function page(title: string, head: string, body: string): string {
  return `<!doctype html>\n<html><head><meta charset="utf-8"><title>${title}</title>${head}</head>\n<body>\n${body}\n</body></html>\n`;
}

function clutterOf({ clutter }: Traits, name: string | null): string {
  const search = '<form action="/search"><input name="q"><button>Find</button></form>';
  const signUp =
    '<form method="post" action="/sign-up"><input name="email" type="email"><input type="password" name="p1"><input type="password" name="p2"><button>Join</button></form>';
  return [
    clutter.includes('search') ? search : '',
    clutter.includes('sign-up') && name === null ? signUp : '',
    clutter.includes('greeting') && name !== null ? `<p>Good day, ${DISPLAY[name]}!</p>` : '',
    clutter.includes('people') && name !== null
      ? `<ul class="online">${PEOPLE.map((each) => `<li><a href="/people/${each}">${each}</a></li>`).join('')}</ul>`
      : '',
  ].join('\n');
}

function hidden({ token }: Traits, seen: Seen): string {
  return token === null ? '' : `<input type="hidden" name="${token}" value="${seen.token}">`;
}

/** The HTML form of one step: `name`, `password`, or both at once. */
export function formPage(traits: Traits, seen: Seen, asks: 'name' | 'password' | 'both'): string {
  const { account, secret, action, more, steps } = traits;
  const name = `<label>Name <input type="text" name="${account}" autocomplete="username"></label>`;
  const password = `<label>Password <input type="password" name="${secret}"></label>`;
  const fields = asks === 'both' ? name + password : asks === 'name' ? name : password;
  const extra = [
    more.includes('language')
      ? '<select name="lang"><option value="en" selected>English</option><option value="cy">Cymraeg</option></select>'
      : '',
    more.includes('remember') ? '<label><input type="checkbox" name="keep" value="1"> Stay</label>' : '',
    more.includes('action') ? '<input type="hidden" name="action" value="login">' : '',
  ].join('');
  const to = asks === 'password' && steps === 2 ? `${action === '/' ? '' : action}/verify` : action;
  const form = `<form method="post" action="${to}">${hidden(traits, seen)}${fields}${extra}<button type="submit">Go</button></form>`;
  return page(
    'Harbour desk',
    '',
    `${clutterOf(traits, seen.name)}${seen.fault ? '<p class="error">That was not right.</p>' : ''}${form}`,
  );
}

/** A page that a script fills. */
export function scriptPage(): string {
  return page('Harbour desk', '', `<div id="app"></div><script src="${SCRIPT}"></script>`);
}

/** The body by which the script signs in, as an expression of `n` and `p`. */
function sentBy({ kind, nameless, account, secret }: Traits): string {
  if (kind === 'fetch-form')
    return `new URLSearchParams(${nameless ? `{${JSON.stringify(secret)}: p}` : `{${JSON.stringify(account)}: n, ${JSON.stringify(secret)}: p}`}).toString()`;
  const [outer, inner] = [/^(\w+)\[(\w+)\]$/.exec(account), /^(\w+)\[(\w+)\]$/.exec(secret)];
  const own = (match: RegExpExecArray | null, plain: string, value: string): string =>
    match === null ? `${JSON.stringify(plain)}: ${value}` : `${match[1]}: {${match[2]}: ${value}}`;
  if (!nameless && outer !== null && inner !== null) return `JSON.stringify({user: {${outer[2]}: n, ${inner[2]}: p}})`;
  const named = nameless ? '' : `${own(outer, account, 'n')}, `;
  return `JSON.stringify({${named}${own(inner, secret, 'p')}})`;
}

/** The script of a sign-in page that it builds itself. */
export function signInScript(traits: Traits): string {
  const { kind, steps, nameless, action, home, token } = traits;
  const type = kind === 'fetch-json' ? 'application/json' : 'application/x-www-form-urlencoded';
  const csrf = token === null ? '' : `, 'X-XSRF-TOKEN': (/XSRF-TOKEN=([^;]*)/.exec(document.cookie) || [])[1] || ''`;
  const good = kind === 'fetch-json' ? `(await r.json().catch(() => ({}))).ok === true` : `(await r.text()) === 'Ok.'`;
  return `const app = document.getElementById('app');
if (app) setTimeout(() => {
  app.innerHTML = '<h1>Harbour desk</h1><div id="f">${nameless ? '' : '<input id="n" autocomplete="username">'}<input id="p" type="password"><button id="b">Continue</button><p id="e"></p></div>';
  const at = (id) => document.getElementById(id);
  ${steps === 2 ? "at('p').style.display = 'none';" : ''}
  at('b').addEventListener('click', async () => {
    ${steps === 2 ? "if (at('p').style.display === 'none') { at('p').style.display = ''; at('n').style.display = 'none'; return; }" : ''}
    const [n, p] = [${nameless ? "''" : "at('n').value"}, at('p').value];
    const r = await fetch(${JSON.stringify(action)}, {method: 'POST', headers: {'Content-Type': ${JSON.stringify(type)}${csrf}}, body: ${sentBy(traits)}});
    if (r.ok && ${good}) location.href = ${JSON.stringify(home)};
    else at('e').textContent = 'That was not right.';
  });
}, 60);
const who = document.getElementById('who');
if (who) fetch('${QUESTION}').then((r) => r.json()).then((a) => { who.textContent = a.account.login; });
const out = document.getElementById('leave');
if (out) out.addEventListener('click', async () => { await fetch('/session/current', {method: 'DELETE'}); location.href = '/'; });
`;
}

function outOf(traits: Traits, seen: Seen): string {
  if (traits.out === 'link') return '<a href="/logout">Leave</a>';
  if (traits.out === 'form')
    return `<form method="post" action="/sign-out">${hidden(traits, seen)}<button>Sign out</button></form>`;
  return '<button type="button" id="leave">Sign out</button>';
}

/** A page for whoever is signed in. */
export function innerPage(traits: Traits, seen: Seen, target: string): string {
  const { told, home, nameless } = traits;
  const name = escapeHtml(seen.name ?? '');
  const says = (place: Traits['told']): boolean => !nameless && told === place;
  const boot = `<script>window.boot = ${JSON.stringify({ version: '3.1', session: { user: name, roles: ['staff'] } })};</script>`;
  const head = `${says('meta') ? `<meta name="current-user" content="${name}">` : ''}${says('boot') ? boot : ''}`;
  const parts = [
    says('header') ? `<div class="top">Signed in as <b>${name}</b></div>` : '',
    says('json') ? '<div class="top">Signed in as <b id="who">…</b></div>' : '',
    target === SETTINGS && says('profile') ? `<dl><dt>Login</dt><dd>${name}</dd></dl>` : '',
    `<nav><a href="${home}">Start</a> <a href="${SETTINGS}">My settings</a> <a href="/items/7">Seven</a> <a href="/items/7/delete">Delete</a></nav>`,
    outOf(traits, seen),
    clutterOf(traits, nameless ? null : seen.name),
    `<script src="${SCRIPT}"></script>`,
  ];
  return page('Harbour desk', head, parts.join('\n'));
}
