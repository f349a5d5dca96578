import { type Html, html } from '../../../../lib/html.ts';
import type { AccountWish as Wish } from '../../../../manage/account-find.ts';
import { field } from '../../../pages/parts.ts';
import type { Asked } from '../../address.ts';
import type { ConsoleContext } from '../../context.ts';
import { type Option, select } from '../parts/form.ts';
import { type Organisations, organisationField } from '../parts/people.ts';

/** What is looked for, but for where in the list one is. */
export type AccountWish = Pick<Wish, 'text' | 'realm' | 'organisation' | 'state' | 'factor' | 'group' | 'unusedFor'>;

const STATES = ['protected', 'invited', 'none', 'disabled', 'role'] as const;
const FACTORS = ['passkey', 'totp', 'recovery'] as const;
/** Days without use that can be asked for. */
const UNUSED = [30, 90, 180, 365] as const;
const DAY = 86_400_000;

function oneOf<T extends string>(known: readonly T[], text: string | undefined): T | undefined {
  return known.find((each) => each === text);
}

/** What an address asks for; what it cannot mean is left out. */
export function accountWish(asked: Asked): AccountWish {
  const [text, realm, organisation, group] = ['text', 'realm', 'organisation', 'group'].map((name) =>
    asked.get(name)?.trim().slice(0, 128),
  );
  const state = oneOf(STATES, asked.get('state'));
  const factor = oneOf(FACTORS, asked.get('factor'));
  const days = UNUSED.find((each) => String(each) === asked.get('unused'));
  return {
    ...(text === undefined || text === '' ? {} : { text }),
    ...(realm === undefined ? {} : { realm }),
    ...(organisation === undefined ? {} : { organisation }),
    ...(group === undefined || group === '' ? {} : { group }),
    ...(state === undefined ? {} : { state }),
    ...(factor === undefined ? {} : { factor }),
    ...(days === undefined ? {} : { unusedFor: days * DAY }),
  };
}

/** The same as the address has it. */
export function wishQuery({ unusedFor, ...wish }: AccountWish): Readonly<Record<string, string | undefined>> {
  return { ...wish, unused: unusedFor === undefined ? undefined : String(unusedFor / DAY) };
}

function realmFilter({ frame: { words }, site }: ConsoleContext, { realm }: AccountWish): Html {
  const realms = [...site.config.realms.keys()];
  if (realms.length < 2) return html``;
  const options = realms.map((id): Option => [id, id]);
  return select({
    name: 'realm',
    label: words.consoleWords.realm,
    options: [['', words.consoleWords.all], ...options],
    value: realm,
  });
}

/** Filters beside the search; open where one is in use. */
export function accountFilters(context: ConsoleContext, wish: AccountWish, organisations: Organisations): Html {
  const { words } = context.frame;
  const { consoleWords: common, consoleAccounts: own } = words;
  const all: Option = ['', common.all];
  const states = STATES.map((each): Option => [each, each === 'role' ? common.hasRole : common.states[each]]);
  const factors = FACTORS.map((each): Option => [each, common.factors[each]]);
  const days = new Intl.NumberFormat(words.locale, { style: 'unit', unit: 'day', unitDisplay: 'long' });
  const unused = UNUSED.map((each): Option => [String(each), days.format(each)]);
  const typed = { value: () => undefined, fault: undefined };
  const { text: _text, ...filters } = wish;
  const inUse = Object.keys(filters).length > 0;
  return html`<details class="filters"${inUse && html` open`}><summary>${own.filters}</summary><div class="fields">
${select({ name: 'state', label: own.state, options: [all, ...states], value: wish.state })}
${select({ name: 'factor', label: own.factor, options: [all, ...factors], value: wish.factor })}
${organisations.size > 1 && organisationField(words, typed, { organisations, label: common.organisation, none: common.all, value: wish.organisation })}
${realmFilter(context, wish)}
${field({ name: 'group', label: own.group, value: wish.group ?? '', optional: '', more: html` maxlength="64" autocapitalize="none"` })}
${select({ name: 'unused', label: own.unused, options: [all, ...unused], value: wishQuery(wish)['unused'] })}</div></details>`;
}
