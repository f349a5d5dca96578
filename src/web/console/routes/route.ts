import type { Socket } from 'node:net';
import { SallyportError } from '../../../errors.ts';
import type { Form, FormShape } from '../../body.ts';
import type { Answer } from '../../reply.ts';
import type { ConsoleContext } from '../context.ts';
import { may } from '../may.ts';

/** A request for a page of the console. */
export interface ConsoleRequest {
  readonly context: ConsoleContext;
  /** Segments of the address that its path names, such as `:account`; decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Where the answer goes: what takes long ends when that is gone. */
  readonly socket: Socket;
}

/** A state change: of our own origin, its body read. */
export interface ConsolePost extends ConsoleRequest {
  readonly form: Form;
}

export interface ConsolePostRoute extends FormShape {
  /** Every field that the address knows; any other is refused. */
  readonly fields: readonly string[];
  run(post: ConsolePost): Promise<Answer>;
  /** The page again, with what went wrong, for people; without it (or undefined) an error page is shown. */
  again?(post: ConsolePost, error: SallyportError): Promise<Answer | undefined>;
}

/** One row of the table of addresses; what is not in the table does not exist. */
export interface ConsoleRoute {
  readonly path: string;
  get?(request: ConsoleRequest): Promise<Answer>;
  readonly post?: ConsolePostRoute;
}

/**
 * For what changes who can get in: throws `step-up-required` unless a factor was used within five minutes. To be called before
 * anything is done: a form is then shown a page that asks for the factor in place and sends what was typed once more.
 */
export function needFresh({ context }: ConsoleRequest): void {
  if (!context.fresh) throw new SallyportError('step-up-required', 'no factor was used within five minutes');
}

/** For a page whose form would be refused to this reader in any case: throws `forbidden`. */
export function needRole({ context }: ConsoleRequest, act: Parameters<typeof may>[1]): void {
  if (!may(context, act)) throw new SallyportError('forbidden', 'no role for the act of this page');
}
