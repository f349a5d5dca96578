import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Html, html } from '../../../lib/html.ts';
import { PAGE_HEADERS, styleInside } from '../../headers.ts';
import type { Answer } from '../../reply.ts';
import { openApiDocument } from './openapi.ts';
import type { JsonSchema } from './schema.ts';
import { API, type ApiOperation, BASE } from './table.ts';

/** Inside of the page, which then can be kept as one file, and needs nothing but itself wherever it is read. */
const STYLE = readFileSync(new URL('docs.css', import.meta.url), 'utf8');
const STYLE_SOURCE = `'sha256-${hash('sha256', STYLE, 'base64')}'`;

/** A member of the document; it is our own, so that what it is made of is known. */
function at(from: unknown, ...names: readonly string[]): unknown {
  let value = from;
  for (const name of names) value = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  return value;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A sentence of the document, with what stands between its backticks as code. */
function prose(sentence: string): readonly Html[] {
  return sentence.split('`').map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));
}

function typeText(schema: unknown): string {
  const type = at(schema, 'type');
  const choices = at(schema, 'enum');
  if (Array.isArray(choices)) return choices.join(' | ');
  if (type === 'array') return `list of ${typeText(at(schema, 'items'))}`;
  if (Array.isArray(type)) return type.join(' or ');
  return text(type) || text(at(schema, '$ref')).split('/').at(-1) || 'object';
}

function rowsOf(parameters: unknown): readonly Html[] {
  if (!Array.isArray(parameters)) return [];
  return parameters.map(
    (each) => html`<tr><td><code>${text(at(each, 'name'))}</code></td><td>${text(at(each, 'in'))}</td>
<td>${typeText(at(each, 'schema'))}</td><td>${at(each, 'required') === true ? 'needed' : ''} ${text(at(each, 'description'))}</td></tr>`,
  );
}

function bodyRows(schema: unknown): readonly Html[] {
  const required = at(schema, 'required');
  return Object.entries((at(schema, 'properties') ?? {}) as JsonSchema).map(
    ([name, field]) => html`<tr><td><code>${name}</code></td><td>body</td><td>${typeText(field)}</td>
<td>${Array.isArray(required) && required.includes(name) ? 'needed' : ''}</td></tr>`,
  );
}

function inputTable(operation: unknown): Html {
  const json = at(operation, 'requestBody', 'content', 'application/json', 'schema');
  const rows = [...rowsOf(at(operation, 'parameters')), ...bodyRows(json)];
  if (rows.length === 0) return html`<p class="soft">Takes nothing.</p>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Input of ${text(at(operation, 'operationId'))}"><table><thead><tr><th scope="col">Name</th><th scope="col">In</th><th scope="col">Type</th><th scope="col">Notes</th></tr></thead>
<tbody>${rows}</tbody></table></div>`;
}

function shapeOf(schema: unknown, deep = 0): unknown {
  const properties = at(schema, 'properties');
  if (typeof properties === 'object' && properties !== null && deep < 4)
    return Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, shapeOf(field, deep + 1)]));
  if (at(schema, 'type') === 'array' && deep < 4) return [shapeOf(at(schema, 'items'), deep + 1)];
  return typeText(schema);
}

function answerText(operation: unknown): Html {
  const responses = (at(operation, 'responses') ?? {}) as JsonSchema;
  const [status = '200'] = Object.keys(responses);
  const content = at(responses, status, 'content');
  const schema = at(content, 'application/json', 'schema');
  const refusals = Object.keys(responses).filter((code) => code !== status);
  const [file] = Object.keys((content ?? {}) as JsonSchema).filter((type) => type !== 'application/json');
  if (file !== undefined)
    return html`<h3>Answers ${status}</h3><p>A file: <code>${file}</code></p><p class="soft">Or refuses: ${refusals.join(', ')}.</p>`;
  return html`<h3>Answers ${status}</h3><pre>${JSON.stringify(shapeOf(schema), null, 2)}</pre>
<p class="soft">Or refuses: ${refusals.join(', ')}.</p>`;
}

function operationHtml(operation: ApiOperation, document: JsonSchema): Html {
  const { method, path, does, id, name, needs } = operation;
  const described = at(document, 'paths', path, method.toLowerCase());
  return html`<details id="${id}"><summary><span class="method ${method.toLowerCase()}">${method}</span><code>${path}</code><span class="soft">${does}</span></summary>
<div class="inside">
<ul class="roles" aria-label="Roles">${needs.roles.map((role) => html`<li>${role}</li>`)}${needs.fresh === true && html`<li>fresh factor</li>`}</ul>
<p>${prose(text(at(described, 'description')))}</p>
<p class="soft">For a token: <code>${name}</code></p>
<h3>Input</h3>${inputTable(described)}
${answerText(described)}
</div></details>`;
}

function section(tag: string, document: JsonSchema): Html {
  const own = API.filter(({ path }) => path.split('/')[1] === tag).sort((a, b) => (a.path < b.path ? -1 : 1));
  return html`<h2 id="of-${tag}">${tag.replaceAll('-', ' ')}</h2>${own.map((operation) => operationHtml(operation, document))}`;
}

/** The reference, from the document. In English like the document itself, whatever else the reader reads. */
export function docsPage(): Html {
  const document = openApiDocument();
  const tags = [...new Set(API.map(({ path }) => path.split('/')[1] ?? ''))].sort();
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>API: Sallyport</title>
<link rel="icon" href="data:,">
<style>${new Html(STYLE)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the operations</a>
<div class="whole">
<header class="top"><h1>${text(at(document, 'info', 'title'))}</h1>
<p class="lead">${prose(text(at(document, 'info', 'description')))}</p>
<p><a href="${BASE}/openapi.json">OpenAPI 3.1 document</a> · version ${text(at(document, 'info', 'version'))} · addresses begin with <code>${BASE}</code></p></header>
<nav aria-label="Subjects"><ul>${tags.map((tag) => html`<li><a href="#of-${tag}">${tag.replaceAll('-', ' ')}</a></li>`)}</ul></nav>
<main id="content" tabindex="-1">${tags.map((tag) => section(tag, document))}</main>
</div>
</body>
</html>
`;
}

let made: string | undefined;

/** The page, with a policy that lets its one style in and nothing else. */
export function docsAnswer(): Answer {
  made ??= docsPage().text;
  const policy = styleInside(PAGE_HEADERS['Content-Security-Policy'] ?? '', STYLE_SOURCE);
  const headers = { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': policy };
  return { status: 200, headers, cookies: [], body: made };
}
