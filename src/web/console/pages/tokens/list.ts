import { type Html, html } from '../../../../lib/html.ts';
import { revokeToken, type TokenView } from '../../../../manage/tokens.ts';
import { hidden } from '../../../pages/parts.ts';
import type { ConsoleContext } from '../../context.ts';
import { may } from '../../may.ts';
import type { Said } from '../../said.ts';
import { disclosed } from '../parts/form.ts';
import { type Named, operationWords } from '../parts/operations.ts';
import { grantWords, type Organisations } from '../parts/people.ts';
import { numeral, saidWords } from '../parts/said.ts';
import { empty, table } from '../parts/table.ts';
import { when, whenOr } from '../parts/when.ts';
import { consolePage } from '../shell.ts';

export interface TokensView {
  readonly tokens: readonly TokenView[];
  readonly organisations: Organisations;
  /** All that there is, by name. */
  readonly operations: ReadonlyMap<string, Named>;
  readonly makes: boolean;
  readonly said: Said;
}

function standing(context: ConsoleContext, { revokedAt, expiresAt }: TokenView): Html {
  const own = context.frame.words.consoleTokens;
  if (revokedAt !== null) return html`<span class="tag off">${own.ended}</span> ${when(context, revokedAt)}`;
  if (expiresAt <= context.now) return html`<span class="tag off">${own.over}</span> ${when(context, expiresAt)}`;
  return html`${own.until} ${when(context, expiresAt)}`;
}

function what({ frame: { words } }: ConsoleContext, { operations, organisations }: TokensView, token: TokenView): Html {
  const own = words.consoleTokens;
  const does = token.operations.map((name) => {
    const known = operations.get(name);
    return html`<li>${known === undefined ? name : operationWords(words, known)} <code class="soft">${name}</code></li>`;
  });
  const grants = token.grants.map((grant) => html`<li>${grantWords(words, organisations, grant)}</li>`);
  return html`<ul class="plain-list">${grants}</ul><details><summary>${own.operations({ n: numeral(words, token.operations.length) })}<span class="unseen"> <bdi>${token.name}</bdi></span></summary><ul class="small">${does}</ul></details>`;
}

function end(context: ConsoleContext, { id, name, revokedAt, expiresAt }: TokenView): Html {
  const own = context.frame.words.consoleTokens;
  if (revokedAt !== null || expiresAt <= context.now || !may(context, revokeToken)) return html``;
  const body = html`<p class="small">${own.endText}</p>${hidden('id', id)}`;
  return disclosed({ label: own.end, of: name, action: '/tokens/revoke', button: own.endButton, body, danger: true });
}

function rowOf(context: ConsoleContext, view: TokensView, token: TokenView): readonly Html[] {
  const { consoleWords: common } = context.frame.words;
  return [
    html`<bdi>${token.name}</bdi>`,
    what(context, view, token),
    when(context, token.createdAt),
    whenOr(context, token.lastUsedAt, common.never),
    standing(context, token),
    end(context, token),
  ];
}

/** Tokens of programs: what each is for, until when, and when it was last used. */
export function tokensPage(context: ConsoleContext, view: TokensView): Html {
  const { words } = context.frame;
  const { consoleTokens: own, consoleWords: common } = words;
  const columns = [
    { label: own.name },
    { label: own.for },
    { label: own.made },
    { label: common.lastUsed },
    { label: own.life },
    { label: common.acts, look: 'acts' as const, unseen: true as const },
  ];
  const rows = view.tokens.map((token) => rowOf(context, view, token));
  const add = view.makes && html`<a class="button" href="/tokens/new">${own.add}</a>`;
  const body = html`${saidWords(words, view.said)}<p class="lead">${own.lead}</p><div class="above">${add}</div>
${rows.length === 0 ? empty(own.empty) : table({ caption: own.caption({ n: rows.length }), columns, rows })}`;
  return consolePage(context, { title: own.title, body });
}
