/** A piece of HTML that is known to be escaped. Only `html` makes one. */
export class Html {
  // Private, so that no look-alike object passes for escaped text.
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }

  get text(): string {
    return this.#text;
  }
}

type Hole = string | number | Html | readonly Html[] | null | undefined | false;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes text for element content and quoted attribute values. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => ESCAPES[c] ?? '');
}

function render(hole: Hole): string {
  if (hole === null || hole === undefined || hole === false) return '';
  if (hole instanceof Html) return hole.text;
  if (typeof hole === 'string' || typeof hole === 'number') return escapeHtml(String(hole));
  return hole.map((part) => part.text).join('');
}

/** Template tag: every hole is escaped unless it is itself `Html`. Attribute holes must stand in quotes. */
export function html(parts: TemplateStringsArray, ...holes: Hole[]): Html {
  let out = parts[0] ?? '';
  for (const [i, hole] of holes.entries()) out += render(hole) + (parts[i + 1] ?? '');
  return new Html(out);
}
