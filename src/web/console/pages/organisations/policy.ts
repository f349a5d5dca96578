import { type Html, html } from '../../../../lib/html.ts';
import { type CountedOrganisation, policyForm, restrictOrganisation } from '../../../../manage/organisations.ts';
import type { Words } from '../../../words/shape.ts';
import { organisationAddress } from '../../address.ts';
import type { ConsoleContext } from '../../context.ts';
import { mayAll } from '../../may.ts';
import { disclosed, type Option, select, type Typed, typedField } from '../parts/form.ts';

type Policy = CountedOrganisation['policy'];

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Lengths that sessions can be held to, in the unit of each. */
export const IDLE_MINUTES = [5, 10, 15, 30, 60] as const;
export const ABSOLUTE_HOURS = [1, 2, 4, 8, 12] as const;

function length({ locale }: Words, count: number, unit: 'minute' | 'hour'): string {
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(count);
}

/** A change of it: what is null is to be as for everybody again, what is not there stays as it is. */
type PolicyChange = { readonly [K in keyof Policy]?: Policy[K] | null | undefined };

/** The change that an act was asked for; undefined: not of its form. */
export function policyOf(value: unknown): PolicyChange | undefined {
  return policyForm.safeParse(value).data;
}

/** What is stricter for its people than for everybody, in words; a line each. */
export function policyLines(words: Words, policy: PolicyChange): readonly (readonly [string, string])[] {
  const said = words.consolePolicy;
  const { require, idleMs, absoluteMs, apps, networks } = policy;
  const line = <T>(name: string, value: T | null | undefined, text: (value: T) => string) =>
    value === undefined ? [] : [[name, value === null ? said.everybody : text(value)] as const];
  const all = (names: readonly string[]) => names.join(', ') || words.consoleWords.none;
  return [
    ...line(said.require, require, () => said.passkey),
    ...line(said.idle, idleMs, (ms) => length(words, Math.round(ms / MINUTE), 'minute')),
    ...line(said.absolute, absoluteMs, (ms) => length(words, Math.round(ms / HOUR), 'hour')),
    ...line(said.apps, apps, all),
    ...line(said.networks, networks, all),
  ];
}

/** A choice of lengths; one that is in force and not among them stands there too. */
function lengths(
  words: Words,
  parts: {
    name: string;
    label: string;
    unit: 'minute' | 'hour';
    known: readonly number[];
    now: number | undefined;
    typed: Typed;
  },
): Html {
  const { name, label, unit, known, now, typed } = parts;
  const counts = now === undefined || known.includes(now) ? known : [...known, now].sort((a, b) => a - b);
  const options = counts.map((each): Option => [String(each), length(words, each, unit)]);
  const value = typed.value(name) ?? (now === undefined ? '' : String(now));
  return select({ name, label, options: [['', words.consolePolicy.everybody], ...options], value });
}

function form(context: ConsoleContext, { id, policy }: CountedOrganisation, typed: Typed): Html {
  const { words } = context.frame;
  const said = words.consolePolicy;
  const { idleMs, absoluteMs } = policy;
  const optional = words.common.optional;
  const more = html` autocomplete="off" autocapitalize="none" spellcheck="false"`;
  const idle = idleMs === undefined ? undefined : Math.round(idleMs / MINUTE);
  const absolute = absoluteMs === undefined ? undefined : Math.round(absoluteMs / HOUR);
  const ways: readonly Option[] = [
    ['', said.everybody],
    ['passkey', said.passkey],
  ];
  const body = html`${select({ name: 'require', label: said.require, options: ways, value: typed.value('require') ?? policy.require ?? '' })}
${lengths(words, { name: 'idle', label: said.idle, unit: 'minute', known: IDLE_MINUTES, now: idle, typed })}
${lengths(words, { name: 'absolute', label: said.absolute, unit: 'hour', known: ABSOLUTE_HOURS, now: absolute, typed })}
${typedField(words, typed, { name: 'apps', label: said.apps, hint: said.appsHint, value: policy.apps?.join(', ') ?? '', optional, more })}
${typedField(words, typed, { name: 'networks', label: said.networks, hint: said.networksHint, value: policy.networks?.join(', ') ?? '', optional, more })}`;
  const open = ['require', 'idle', 'absolute', 'apps', 'networks'].includes(typed.fault?.field ?? '');
  return disclosed({
    label: said.change,
    action: organisationAddress(id, '/policy'),
    button: words.consoleWords.save,
    body,
    open,
  });
}

/** What holds for the people of this organisation beside what holds for everybody. */
export function policySection(context: ConsoleContext, row: CountedOrganisation, typed: Typed): Html {
  const said = context.frame.words.consolePolicy;
  const lines = policyLines(context.frame.words, row.policy);
  const list =
    lines.length === 0
      ? html`<p class="soft">${said.none}</p>`
      : html`<dl class="facts beside">${lines.map(([name, value]) => html`<dt>${name}</dt><dd><bdi>${value}</bdi></dd>`)}</dl>`;
  return html`<section><h2>${said.title}</h2>${list}${mayAll(context, restrictOrganisation) && form(context, row, typed)}</section>`;
}
