import { type Html, html } from '../../lib/html.ts';
import { ICON, STYLE } from '../assets/assets.ts';
import type { Help } from '../context.ts';

export interface PageParts {
  readonly title: string;
  /** Host name of the portal, as the person knows it; null where no app is known. */
  readonly site: string | null;
  readonly help: Help;
  readonly body: Html;
  /** Where in a guided sequence, such as `Step 1 of 3`. */
  readonly step?: string | undefined;
  /** For lists rather than one form. */
  readonly wide?: boolean;
}

const GATE = html`<svg viewBox="0 0 32 32" aria-hidden="true"><rect class="mark-ground" width="32" height="32" rx="7"/><path class="mark-gate" d="M7 25V15a9 9 0 0 1 18 0v10M12 25v-9.5a4 4 0 0 1 8 0V25M5 25h22"/></svg>`;

const MAIL = /^[^\s@<>"']+@[^\s@<>"']+$/;
const WEB = /^https:\/\/[^\s<>"']+$/;
const PHONE = /^\+?[0-9][0-9 ()/-]{4,30}$/;

function contactLink(contact: string): Html {
  if (MAIL.test(contact)) return html`<a href="mailto:${contact}">${contact}</a>`;
  if (WEB.test(contact)) return html`<a href="${contact}" rel="noreferrer">${contact}</a>`;
  if (PHONE.test(contact)) return html`<a href="tel:${contact.replace(/[^+0-9]/g, '')}">${contact}</a>`;
  return html`${contact}`;
}

/** Who helps, in the operator's words; empty when the configuration says nothing. */
export function helpBlock(help: Help): Html {
  if (help.text === '' && help.contact === '') return html``;
  return html`<h2>Need help?</h2>
${help.text !== '' && html`<p>${help.text}</p>`}
${help.contact !== '' && html`<p>${contactLink(help.contact)}</p>`}`;
}

/** The frame of every page: works without scripts, holds no inline code or style. */
export function page(parts: PageParts): Html {
  const title = parts.site === null ? parts.title : `${parts.title} · ${parts.site}`;
  const kicker = [parts.site, parts.step].filter((part) => typeof part === 'string').join(' · ');
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" href="${ICON.path}" type="image/svg+xml">
<link rel="stylesheet" href="${STYLE.path}">
</head>
<body class="${parts.wide === true ? 'wide' : 'narrow'}">
<header class="top"><p class="brand">${GATE}<span>Sallyport</span></p></header>
<main>
${kicker !== '' && html`<p class="site">${kicker}</p>`}
<h1>${parts.title}</h1>
${parts.body}
</main>
<footer class="foot">${helpBlock(parts.help)}</footer>
</body>
</html>
`;
}
