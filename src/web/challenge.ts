import { SallyportError } from '../errors.ts';
import type { Refusal } from '../gate/gate.ts';
import { isFormNavigation, isNavigation, refererOf } from '../request/head.ts';
import type { Ended } from '../sessions/ended.ts';
import { takesForms } from './elsewhere.ts';
import type { Exchange } from './exchange.ts';
import { frameIfHtml } from './frames.ts';
import { renderUnsent } from './pages/unsent.ts';
import { answer, challenge, refuse } from './refuse.ts';
import type { ParsedRequest } from './requests.ts';
import { safeNext } from './routes/next.ts';

const CHALLENGES = {
  'sign-in': '/.sallyport/sign-in',
  'step-up': '/.sallyport/sign-in/totp',
  passkey: '/.sallyport/sign-in/passkey',
} as const;

/** Where the app's own sign-in comes first, that is where a person begins. null: at ours. */
function entryOf(parsed: ParsedRequest, ended: Ended | null, asked: keyof typeof CHALLENGES): string | null {
  const { login } = parsed.app;
  const { target } = parsed;
  if (asked !== 'sign-in' || login.kind !== 'bound' || login.order !== 'login-first') return null;
  // The app's page cannot say why there is no session any more; ours does, and leads there.
  if (ended !== null) return '/.sallyport/signed-out';
  return login.entry === target.raw ? null : login.entry;
}

/** Where a person does what is asked for, and comes back from to `next`. */
function placeOf(asked: keyof typeof CHALLENGES, next: string): string {
  const only = asked === 'passkey' ? '&only=yes' : '';
  return `${CHALLENGES[asked]}?next=${encodeURIComponent(next)}${only}`;
}

/** Sent by a page of another origin, and without our cookie, which `SameSite=Lax` keeps away from it. */
function cameFromElsewhere({ head, origin, cookies }: ParsedRequest): boolean {
  return head.origin !== undefined && head.origin !== origin && cookies.session === null;
}

/**
 * What the gate's refusal becomes: a person who opens a page is sent to do what is asked for; one who sent a form is told
 * that nothing was sent; anything else gets its status, never a redirect.
 */
export function answerRefusal(exchange: Exchange, refusal: Refusal, ended: Ended | null): void {
  const { parsed, headers, response } = exchange;
  const { challenge: asked } = refusal;
  const error = new SallyportError(refusal.code, refusal.why);
  const frame = frameIfHtml(exchange);
  if (asked === null) refuse(exchange, error, frame);
  else if (isNavigation(parsed.method, headers))
    challenge(response, entryOf(parsed, ended, asked) ?? placeOf(asked, parsed.target.raw));
  else if (frame !== null && isFormNavigation(parsed.method, headers)) {
    if (cameFromElsewhere(parsed)) {
      // Nobody can know whether the session has ended: for their safety browsers keep its cookie away from such a request.
      refuse(exchange, new SallyportError('wrong-origin', 'a form of another site'), frame);
      return;
    }
    // The person would lose what they typed: they are told that nothing was sent, and how to send it after all.
    const next = safeNext(refererOf(headers, parsed.origin), parsed.app.target);
    const first = takesForms(parsed) && ended === null ? 'first' : 'sign-in';
    const again = asked === 'sign-in' ? first : 'confirm';
    answer(exchange, error.status, renderUnsent(frame, { next, again, href: CHALLENGES[asked], ended }));
  } else refuse(exchange, error, null);
}
