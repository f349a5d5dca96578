import { type Html, html } from '../../lib/html.ts';
import type { Words } from '../words/shape.ts';
import { hidden } from './parts.ts';

/** What a passkey, or a code, of a page is for: whoever's answers, the sign-in that waits, or what a signed-in person wants. */
export const STARTING = 'start';
export const SIGNING_IN = 'sign-in';
export const CONFIRMING = 'step-up';

export interface CeremonyParts {
  readonly kind: 'get' | 'create';
  /** Where the browser's answer is posted to; the options come from below it. */
  readonly action: string;
  /** Posted with the answer, and with what asks for a challenge. */
  readonly purpose?: typeof STARTING | typeof SIGNING_IN | typeof CONFIRMING;
  readonly next?: string;
  /** What is asked for is open to passkeys alone: said again when the ceremony fails. */
  readonly only?: boolean;
  readonly label: string;
  /** Looks of the button. */
  readonly look?: string;
  readonly focus?: boolean;
  /** Where to go when a factor must be used first. */
  readonly stepUp?: string;
  /** Id of a form of the page that is sent once the ceremony has succeeded, in place of going on. */
  readonly sends?: string;
}

/**
 * A passkey ceremony: a button that the script answers. It asks `<action>/options` for a challenge, the browser for an
 * answer to it, and posts that as `response`. What may go wrong on the way is said here, so that every word comes from
 * the catalogue. Without a script or WebAuthn it is not shown; its place is taken by what `instead` returns.
 */
export function ceremony({ passkey }: Words, parts: CeremonyParts): Html {
  const { kind, action } = parts;
  const fields = [
    hidden('response', ''),
    ...(parts.next === undefined ? [] : [hidden('next', parts.next)]),
    ...(parts.only === true ? [hidden('only', 'yes')] : []),
    ...(parts.purpose === undefined ? [] : [hidden('purpose', parts.purpose)]),
  ];
  return html`<form class="needs-passkeys" method="post" action="${action}" data-ceremony="${kind}" data-options="${action}/options"${parts.stepUp !== undefined && html` data-step-up="${parts.stepUp}"`}${parts.sends !== undefined && html` data-sends="${parts.sends}"`} data-waiting="${passkey.waiting}" data-cancelled="${passkey.cancelled}" data-unsupported="${passkey.noBrowser}" data-known="${passkey.known}" data-security="${passkey.security}" data-network="${passkey.network}" data-failed="${passkey.failed}" data-expired="${passkey.expired}">
${fields}<button class="${parts.look ?? 'button'}" type="submit"${parts.focus === true && html` autofocus`}>${parts.label}</button>
<p class="status" role="status"></p>
</form>`;
}

/** Why there is no passkey button, for whoever does not see it. */
export function instead(noScript: string, noBrowser: string): Html {
  return html`<p class="soft without-script">${noScript}</p>
<p class="soft without-passkeys">${noBrowser}</p>`;
}
