import { type Html, html } from '../../../../lib/html.ts';
import type { ProposalView } from '../../../../manage/proposals.ts';
import { grantRole, revokeRole } from '../../../../manage/roles.ts';
import { ROLES } from '../../../../roles.ts';
import { duration } from '../../../pages/say.ts';
import type { Words } from '../../../words/shape.ts';
import { policyLines, policyOf } from '../organisations/policy.ts';

type Line = readonly [name: string | Html, value: string | Html];

/** Fields that stand by themselves, each with what it is called. */
const LABELS = {
  app: ({ consoleWords }) => consoleWords.app,
  id: ({ consoleWaiting }) => consoleWaiting.id,
  name: ({ consoleWaiting }) => consoleWaiting.atApp,
  now: ({ consoleWaiting }) => consoleWaiting.atOnce,
  realm: ({ consoleWords }) => consoleWords.realm,
  resetPassword: ({ consoleWaiting }) => consoleWaiting.resets,
} as const satisfies Readonly<Record<string, (words: Words) => string>>;

function roleText({ consoleWords }: Words, role: unknown): string | undefined {
  const known = ROLES.find((each) => each === role);
  return known === undefined ? undefined : consoleWords.roles[known];
}

/** Where a role is meant for everything, the form has no organisation: whoever confirms must read that, of all things. */
function scope({ operation, input, organisation }: ProposalView, { consoleRoles }: Words): readonly Line[] {
  if (operation !== grantRole.name && operation !== revokeRole.name) return [];
  const { organisation: id } = input;
  const named = html`<bdi>${organisation ?? String(id)}</bdi>${organisation !== null && html` <code class="small soft">${String(id)}</code>`}`;
  return [[consoleRoles.scope, id === undefined ? html`<strong>${consoleRoles.forAll}</strong>` : named]];
}

/** As it is in the input: nothing is left out, whatever a later version adds. */
function asItIs(name: string, value: unknown): Line {
  return [html`<code>${name}</code>`, html`<bdi>${typeof value === 'string' ? value : JSON.stringify(value)}</bdi>`];
}

function lineOf(words: Words, name: string, value: unknown): readonly Line[] {
  const own = words.consoleWaiting;
  const role = name === 'role' ? roleText(words, value) : undefined;
  if (role !== undefined) return [[words.consoleRoles.role, role]];
  if (name === 'ttlMs' && typeof value === 'number') return [[own.lasts, duration(words, value / 1000)]];
  const policy = name === 'policy' ? policyOf(value) : undefined;
  if (policy !== undefined) return policyLines(words, policy);
  if (!Object.hasOwn(LABELS, name)) return [asItIs(name, value)];
  // A cast: it is one of them.
  const label = LABELS[name as keyof typeof LABELS](words);
  if (typeof value === 'boolean') return [[label, value ? own.yes : own.no]];
  return [[label, html`<bdi>${typeof value === 'string' ? value : JSON.stringify(value)}</bdi>`]];
}

/** What was asked for, as it will be done: whoever confirms reads exactly that. Of the account its name is said already. */
export function askedFor(words: Words, proposal: ProposalView): Html {
  const { input, account, accountId, operation, organisation } = proposal;
  const scoped = scope(proposal, words);
  const lines = Object.entries(input).flatMap(([name, value]): readonly Line[] => {
    if (account !== null && value === accountId) return [];
    if (name !== 'organisation') return lineOf(words, name, value);
    if (operation === grantRole.name || operation === revokeRole.name) return [];
    const id = String(value);
    return [
      [
        words.consoleWords.organisation,
        organisation === null
          ? html`<bdi>${id}</bdi>`
          : html`<bdi>${organisation}</bdi> <code class="small soft">${id}</code>`,
      ],
    ];
  });
  const all = [...lines, ...scoped];
  if (all.length === 0) return html``;
  return html`<dl class="facts small beside asked">${all.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}
