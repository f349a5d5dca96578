import { resourceMatch } from '../../src/scim/filter/match.ts';
import { attributePath } from '../../src/scim/filter/name.ts';
import { parseFilter } from '../../src/scim/filter/parser.ts';
import { tokens } from '../../src/scim/filter/tokens.ts';
import { readTags } from '../../src/scim/message/etag.ts';
import { readQuery, readSearch, readWanted, SEARCH_SCHEMA } from '../../src/scim/message/query.ts';
import { applyPatch } from '../../src/scim/patch/apply.ts';
import { parsePath, targetOf } from '../../src/scim/patch/path.ts';
import { PATCH_SCHEMA, readPatch } from '../../src/scim/patch/read.ts';
import { readResource } from '../../src/scim/resource/read.ts';
import { GROUP } from '../../src/scim/schema/group.ts';
import { USER } from '../../src/scim/schema/user.ts';
import type { Reader } from '../support/growth.ts';

const KiB = 1024;
const FILTER = [' ', '(', ')', '[', ']', '"', '\\', '.', ':', 'id pr', ' and ', 'not (', 'urn:', 'emails[type eq "a"]'];
const NAMES = [',', '.', ':', ' ', 'id', 'emails.value', '%2C'];
const JSON_TEXT = ['{', '}', '[', ']', ',', '"', '\\', ':', '{"a":', '{"value":"a"},', '"emails":', '1', '\u0301'];

function read(name: string, delimiters: readonly string[], limit: number, of: (text: string) => unknown): Reader {
  return { name, delimiters, limit, read: of };
}

/** Objects whose many names or values are of the text's making. */
function object(text: string): object {
  return Object.fromEntries(text.split(',', 250).map((part, i) => [`${part.slice(0, 40)}${i}`, part]));
}

const USER_BODY = { schemas: [USER.schema.id], userName: 'alice' };
const operations = (text: string) => [
  { op: 'replace', path: text.slice(0, 2048), value: text },
  { op: 'replace', path: 'userName', value: text },
  { op: 'add', value: object(text) },
  { op: 'add', path: 'members', value: text.split(',').map((value) => ({ value })) },
];

/** Each operation is tried alone: one that is refused must not hide the next. */
function patches(text: string): void {
  for (const operation of operations(text))
    for (const type of [USER, GROUP])
      try {
        applyPatch(type, USER_BODY, readPatch({ schemas: [PATCH_SCHEMA], Operations: [operation] }));
      } catch {}
}

/** What a directory sends to /scim/v2; its bodies have been through the runtime's own JSON. */
export const SCIM: readonly Reader[] = [
  read('tokens of SCIM', FILTER, 16 * KiB, tokens),
  read('attributePath', ['.', ':', 'a', '-', '$', 'urn:'], 16 * KiB, attributePath),
  // The longest that is read; a longer one is refused at once.
  read('parseFilter', FILTER, 2 * KiB, parseFilter),
  read('parsePath', FILTER, 2 * KiB, (text) => {
    for (const path of [text, `emails${text}`]) {
      try {
        parsePath(path);
        targetOf(USER, path);
      } catch {}
    }
  }),
  read('resourceMatch', ['a', '\u0301', 'İ', 'ß'], 16 * KiB, (text) =>
    resourceMatch(USER, parseFilter('userName co "aab" or emails[value ew "b"]'))({ userName: text }),
  ),
  read('readTags', [',', '"', ' ', 'W/', '"a",', '\\'], 16 * KiB, readTags),
  read('readQuery', [...FILTER, '&', '='], 8 * KiB, (text) => readQuery(new URLSearchParams(`filter=${text}`))),
  read('readWanted', NAMES, 8 * KiB, (text) => readWanted(new URLSearchParams({ attributes: text }))),
  read('readSearch', NAMES, 64 * KiB, (text) => readSearch({ schemas: [SEARCH_SCHEMA], attributes: text.split(',') })),
  read('readResource', JSON_TEXT, 64 * KiB, (text) =>
    readResource(USER, { ...USER_BODY, ...object(text), displayName: text.slice(0, 1024), emails: text.split(',') }),
  ),
  read('applyPatch', [...FILTER, ','], 64 * KiB, patches),
];
