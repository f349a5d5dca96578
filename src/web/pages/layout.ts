import { Html, html } from '../../lib/html.ts';
import { LANGUAGES } from '../../lib/languages.ts';
import { ICON, SCRIPT } from '../assets/assets.ts';
import type { Brand } from '../brand.ts';
import type { Words } from '../words/shape.ts';
import type { Frame, Help } from './frame.ts';
import { hidden } from './parts.ts';

export interface PageParts {
  readonly title: string;
  readonly body: Html;
  /** Where in a guided sequence, such as `Step 1 of 3`. */
  readonly step?: string | undefined;
  /** For lists rather than one form. */
  readonly wide?: boolean;
  /** The page has something that a script adds to; it works without. */
  readonly script?: boolean;
  /** Address of a script of the page's own, in place of the one of all pages. */
  readonly scriptPath?: string;
  /** Loaded again after this many seconds; only where nothing can be typed. */
  readonly refreshAfter?: number | undefined;
}

const GATE = html`<svg viewBox="0 0 32 32" width="30" height="30" aria-hidden="true"><rect class="mark-ground" width="32" height="32" rx="7"/><path class="mark-gate" d="M7 25V15a9 9 0 0 1 18 0v10M12 25v-9.5a4 4 0 0 1 8 0V25M5 25h22"/></svg>`;

const MAIL = /^[^\s@<>"']+@[^\s@<>"']+$/;
const WEB = /^https:\/\/[^\s<>"']+$/;
const PHONE = /^\+?[0-9][0-9 ()/-]{4,30}$/;

function contactLink(contact: string): Html {
  if (MAIL.test(contact)) return html`<a href="mailto:${contact}">${contact}</a>`;
  if (WEB.test(contact)) return html`<a href="${contact}" rel="noreferrer">${contact}</a>`;
  if (PHONE.test(contact)) return html`<a href="tel:${contact.replace(/[^+0-9]/g, '')}" dir="ltr">${contact}</a>`;
  return html`${contact}`;
}

/** Who helps, in the operator's words, which are in the operator's language; empty when the configuration says nothing. */
export function helpWords(help: Help): Html {
  return html`${help.text !== '' && html`<p><bdi>${help.text}</bdi></p>`}
${help.contact !== '' && html`<p><bdi>${contactLink(help.contact)}</bdi></p>`}`;
}

function helpBlock({ common }: Words, help: Help): Html {
  if (help.text === '' && help.contact === '') return html``;
  return html`<section class="help" aria-labelledby="help"><h2 id="help">${common.needHelp}</h2>
${helpWords(help)}</section>`;
}

/** A button per language, each named in itself; works without a script and keeps the address. */
export function languageSwitch(words: Words, here: string | null): Html {
  if (here === null) return html``;
  const buttons = LANGUAGES.map(({ code, name, dir }) => {
    const current = code === words.language && html` aria-current="true"`;
    return html`<button class="language" type="submit" name="language" value="${code}" lang="${code}" dir="${dir}"${current}>${name}</button>`;
  });
  return html`<form class="languages" method="post" action="/.sallyport/language" aria-label="${words.common.language}">${hidden('next', here)}${buttons}</form>`;
}

export function brandBlock({ name, logo }: Brand, alone: boolean): Html {
  if (alone && logo !== null) return html`<p class="brand"><bdi>${name}</bdi></p>`;
  const image =
    logo === null ? GATE : html`<img src="${logo.path}" alt="" width="${logo.width}" height="${logo.height}">`;
  return html`<p class="brand">${image}<bdi>${name}</bdi></p>`;
}

/** The name and logo of an organisation. What they are is in the hands of its people: the name is text, the logo a picture of our own address. */
function organisationBlock({ organisation }: Frame): Html {
  if (organisation == null) return html``;
  const { name, logo } = organisation;
  const image =
    logo !== null &&
    html`<img src="${logo.path}" alt="" width="${logo.width}" height="${logo.height}" decoding="async">`;
  return html`<p class="organisation">${image}<bdi>${name}</bdi></p>`;
}

/** Where no app is known, nothing but the page itself would be answered: what it looks like stands in it. */
export function standsAlone(frame: Frame): boolean {
  return frame.site === null;
}

/** The files of a page. One that stands alone has its style inside, which its policy names by its hash (headers.ts). */
function looks(brand: Brand, alone: boolean): Html {
  // Not escaped, since a style sheet is text of its own kind: ours, with colours that the configuration has checked.
  if (alone) return html`<link rel="icon" href="data:,">\n<style>${new Html(brand.style.body.toString())}</style>`;
  return html`<link rel="icon" href="${(brand.logo ?? ICON).path}" type="${(brand.logo ?? ICON).type}">
<link rel="stylesheet" href="${brand.style.path}">`;
}

/**
 * The frame of every page: holds no inline code, and no inline style but that of a page that stands alone. The script stands in the head and is not deferred: it tells the
 * style sheet what works here before the first line is drawn, so that nothing moves afterwards.
 */
export function page(frame: Frame, parts: PageParts): Html {
  const { words, site, brand } = frame;
  const alone = standsAlone(frame);
  const title = [parts.title, site ?? brand.name].join(words.common.between);
  const said = [
    ...(site === null ? [] : [html`<bdi>${site}</bdi>`]),
    ...(parts.step === undefined ? [] : [html`${parts.step}`]),
  ];
  const kicker = said.map((part, i) => (i === 0 ? part : html`${words.common.between}${part}`));
  return html`<!doctype html>
<html lang="${words.language}" dir="${words.dir}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
${parts.refreshAfter !== undefined && html`<meta http-equiv="refresh" content="${parts.refreshAfter}">`}
<title>${title}</title>
${looks(brand, alone)}
${parts.script === true && html`<script src="${SCRIPT.path}"></script>`}
${parts.scriptPath !== undefined && html`<script src="${parts.scriptPath}"></script>`}
</head>
<body class="${parts.wide === true ? 'wide' : 'narrow'}">
<header class="top">${brandBlock(brand, alone)}</header>
<main>
${kicker.length > 0 && html`<p class="site">${kicker}</p>`}
${!alone && organisationBlock(frame)}
<h1>${parts.title}</h1>
${parts.body}
</main>
<footer class="foot">${helpBlock(words, frame.help)}
${languageSwitch(words, frame.here)}</footer>
</body>
</html>
`;
}
