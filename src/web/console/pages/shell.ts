import { type Html, html } from '../../../lib/html.ts';
import { CONSOLE_SCRIPT, CONSOLE_STYLE, ICON, SCRIPT } from '../../assets/assets.ts';
import type { Frame } from '../../pages/frame.ts';
import { brandBlock, languageSwitch } from '../../pages/layout.ts';
import { act } from '../../pages/parts.ts';
import type { ConsoleContext } from '../context.ts';
import { may } from '../may.ts';
import { numeral } from './parts/said.ts';
import { PLACES } from './places.ts';

export interface ShellParts {
  readonly title: string;
  readonly body: Html;
  /** Where the page belongs, above its title: from the widest to the nearest. */
  readonly trail?: readonly Step[];
}

/** A page that another belongs to. */
export type Step = readonly [href: string, text: string];

/** What the shell needs to know of a request. */
export type ShellView = Pick<ConsoleContext, 'frame' | 'path' | 'account' | 'lockDown' | 'waiting'>;

/** Whether the page at `path` belongs to that of the navigation. */
function isIn(path: string, place: string): boolean {
  return place === '/' ? path === '/' : path === place || path.startsWith(`${place}/`);
}

function navigation(view: ShellView): Html {
  const { path, frame } = view;
  const { words } = frame;
  const open = PLACES.filter(({ shows }) => shows === undefined || may(view, shows));
  const items = open.map(({ href, name }) => {
    const current = isIn(path, href) && html` aria-current="page"`;
    const count =
      name === 'waiting' && view.waiting > 0 && html` <strong class="count">${numeral(words, view.waiting)}</strong>`;
    return html`<li><a href="${href}"${current}>${words.consoleShell.pages[name]}${count}</a></li>`;
  });
  return html`<nav class="places" aria-label="${words.consoleShell.places}"><ul>${items}</ul></nav>`;
}

/** What everybody must see first, above all pages. */
function banner({ frame: { words }, lockDown }: ShellView): Html {
  if (lockDown === null) return html``;
  const said = words.consoleLockDown;
  return html`<div class="banner" role="region" aria-label="${words.consoleShell.banner}"><p><strong>${said.banner}</strong> <bdi>${lockDown.reason}</bdi> <a href="/lock-down">${said.show}</a></p></div>`;
}

function who({ frame, account }: ShellView): Html {
  const said = frame.words.consoleShell;
  return html`<div class="who"><p><span class="unseen">${said.signedInAs} </span><a href="/me"><bdi>${account.name}</bdi></a></p>
${act('/.sallyport/sign-out', said.signOut, 'text-button')}</div>`;
}

function head({ words, brand }: Frame, title: string): Html {
  const icon = brand.logo ?? ICON;
  return html`<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${[title, words.consoleShell.name, brand.name].join(words.common.between)}</title>
<link rel="icon" href="${icon.path}" type="${icon.type}">
<link rel="stylesheet" href="${brand.style.path}">
<link rel="stylesheet" href="${CONSOLE_STYLE.path}">
<script src="${SCRIPT.path}"></script>
<script src="${CONSOLE_SCRIPT.path}" defer></script>`;
}

function trailOf({ frame: { words } }: ShellView, steps: readonly Step[]): Html {
  if (steps.length === 0) return html``;
  const items = steps.map(([href, text]) => html`<li><a href="${href}"><bdi>${text}</bdi></a></li>`);
  return html`<nav class="trail" aria-label="${words.consoleShell.trail}"><ol>${items}</ol></nav>`;
}

/** The frame of every page of the console: where one is, where else there is to go, and who one is. No inline code or style. */
export function consolePage(view: ShellView, { title, body, trail = [] }: ShellParts): Html {
  const { frame } = view;
  const { words } = frame;
  return html`<!doctype html>
<html lang="${words.language}" dir="${words.dir}">
<head>
${head(frame, title)}
</head>
<body class="console">
<a class="skip" href="#content">${words.consoleShell.skip}</a>
<header class="bar"><div class="name">${brandBlock(frame.brand, false)}<p class="product">${words.consoleShell.name}</p></div>
${who(view)}
${navigation(view)}</header>
${banner(view)}
<main id="content" tabindex="-1">
${trailOf(view, trail)}<h1>${title}</h1>
${body}
</main>
<footer class="foot"><p class="small soft">${words.consoleShell.zone} <bdi dir="ltr" data-zone data-locale="${words.locale}">${frame.timeZone}</bdi></p>${languageSwitch(words, frame.here)}</footer>
</body>
</html>
`;
}
