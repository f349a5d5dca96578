import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';

const ENTRY = new URL('../../src/pack/page/page.ts', import.meta.url);
const SHELL = new URL('../../src/pack/page/page.html', import.meta.url);

interface Module {
  readonly id: string;
  readonly code: string;
}

/** `import { a, b as c } from './x.ts';`: what is left of one when its types are gone. */
const IMPORT = /^import\s*(?:\{([^}]*)\}|\*\s*as\s+(\w+))\s*from\s*'([^']+)';?[ \t]*$/gm;
const EXPORT = /^export\s+(?:async\s+)?(?:function\s*\*?|class|const|let)\s+(\w+)/gm;

function namesOf(list: string): string {
  const names = list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return names.map((name) => name.replace(/\s+as\s+/, ': ')).join(', ');
}

/** Modules by their address, each behind those that it imports; none imports anything but our own source. */
function collect(url: URL, modules: Map<string, Module>): Module {
  const known = modules.get(url.href);
  if (known !== undefined) return known;
  const source = stripTypeScriptTypes(readFileSync(url, 'utf8'));
  const exported = [...source.matchAll(EXPORT)].map(([, name]) => name);
  const code = source
    .replace(IMPORT, (_, list: string | undefined, all: string | undefined, from: string) => {
      if (!from.startsWith('.')) throw new Error(`the verifier imports ${from}, which no browser has`);
      const names = list === undefined ? (all ?? '') : `{ ${namesOf(list)} }`;
      const imported = collect(new URL(from, url), modules).id;
      return names === '{  }' ? '' : `const ${names} = ${imported};`;
    })
    .replace(/^export\s+/gm, '');
  if (/^import\b/m.test(code)) throw new Error(`an import of ${url.pathname} is not understood`);
  const id = `m${modules.size}`;
  const made = { id, code: `const ${id} = (() => {\n${code}\nreturn { ${exported.join(', ')} };\n})();\n` };
  modules.set(url.href, made);
  return made;
}

/**
 * The verifier as one page: the same source that the command runs, its types stripped, each module within a function of its own.
 * It needs no network, and its policy forbids any.
 */
export function verifierPage(): string {
  const modules = new Map<string, Module>();
  collect(ENTRY, modules);
  const code = [...modules.values()].map((each) => each.code).join('');
  // No text of the source may end the element that it stands in.
  if (/<\/script/i.test(code)) throw new Error('the source of the verifier would end its script');
  return readFileSync(SHELL, 'utf8').replace('/* the verifier */', () => `'use strict';\n${code}`);
}
