import { type Html, html } from '../lib/html.ts';
import type { Customer } from './customers.ts';

const MENU = [
  ['/', 'Home'],
  ['/orders', 'Orders'],
  ['/address', 'Address'],
  ['/upload', 'Upload'],
  ['/download', 'Download'],
  ['/clock', 'Clock'],
  ['/chat', 'Chat'],
  ['/whoami', 'Who am I?'],
] as const;

function menu(path: string, customer: Customer | undefined): Html {
  const items = MENU.map(([href, label]) =>
    href === path
      ? html`<li><a href="${href}" aria-current="page">${label}</a></li>`
      : html`<li><a href="${href}">${label}</a></li>`,
  );
  const staff = customer?.staff === true && html`<li><a href="/customers">Customers</a></li>`;
  return html`<nav aria-label="Portal"><ul>${items}${staff}</ul></nav>`;
}

/** A whole page in the portal's frame. `path` marks the entry of the menu; `script` is a file under /assets. */
export function page(options: {
  readonly title: string;
  readonly path: string;
  readonly name: string;
  readonly customer: Customer | undefined;
  readonly body: Html;
  readonly script?: string;
}): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${options.title} – Harbour &amp; Sons Customer Portal</title>
<link rel="stylesheet" href="/assets/portal.css">
${options.script !== undefined && html`<script src="/assets/${options.script}" defer></script>`}
</head>
<body>
<header>
<p class="brand">Harbour &amp; Sons</p>
<p class="motto">Ships’ chandlers since 1891 · Customer Portal</p>
</header>
${menu(options.path, options.customer)}
<div class="who">
<span>Signed in as <strong>${options.name}</strong>${options.customer !== undefined && html` (${options.customer.number})`}</span>
<a href="/.sallyport/account">Your sign-in</a>
<form method="post" action="/.sallyport/sign-out"><button>Sign out</button></form>
</div>
<main>
<h1>${options.title}</h1>
${options.body}
</main>
<footer>A sample portal, guarded by Sallyport. Goods, customers and prices are invented.</footer>
</body>
</html>
`;
}

/** What anybody sees who did not come through Sallyport, or when the keys cannot be read. It stands alone. */
export function refusalPage(title: string, sentence: string): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
</head>
<body>
<h1>${title}</h1>
<p>${sentence}</p>
</body>
</html>
`;
}
