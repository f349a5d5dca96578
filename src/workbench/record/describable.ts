import { CommandRefused } from '../../terminal/exit.ts';
import { isWild, pathOf } from './paths.ts';
import type { Exchange, Recording } from './recording.ts';
import { RIGHT } from './redact.ts';

/** Whether Basic is sent to sign in, and not with each request. Throws CommandRefused, saying which preset is for that. */
function checkOnce({ afterRight }: Recording, right: Exchange): void {
  const again = afterRight.filter(({ fields }) => fields.some(({ value }) => value === RIGHT));
  if (again.length === 0 || right.answer.headers.all('set-cookie').length > 0) return;
  throw new CommandRefused(
    `A script of the app sends name and password as Basic with every request (${right.method} ${pathOf(right.target)}, and ${again.length} more), and there is no session: use the preset apache-basic, which binds the name of each.`,
  );
}

/** What a preset reads as wildcards and parameters, and not as itself. Throws CommandRefused, since it would stand for more than was seen. */
export function checkNames({ target, type, fields }: Exchange): void {
  const path = pathOf(target);
  const odd = isWild(path)
    ? path
    : fields.find(({ name }) => (type === 'form' && name.startsWith('*')) || /\$\{/.test(name))?.name;
  if (odd !== undefined)
    throw new CommandRefused(
      `The app calls a field or an address of its sign-in ${JSON.stringify(odd)}, which a preset would read as a wildcard or a parameter.`,
    );
}

/** The request that carried the right password, where a preset can describe it. Throws CommandRefused, saying why none can. */
export function describable(recording: Recording): Exchange {
  const { right, outside } = recording;
  const [place] = outside;
  if (right === undefined && place !== undefined)
    throw new CommandRefused(
      `The app was sent no password, and a page asks for something at ${place}, which is another address than that of the app: people sign in there.`,
    );
  if (right === undefined)
    throw new CommandRefused(
      'No request carried the password as it was typed: the app sends it in a form that a preset cannot describe (changed by a script, or in a WebSocket), or nobody signed in.',
    );
  if (right.type === 'list')
    throw new CommandRefused(
      'The app sends the password in JSON with a list in it, as calls do that tell values by their order (JSON-RPC); a preset can describe names with values.',
    );
  if (right.type === 'many')
    throw new CommandRefused(
      'The app sends the password among more fields than a preset can list (500), or in a body of more than 256 KiB.',
    );
  if (right.type === 'multipart' || right.type === 'other')
    throw new CommandRefused(
      `The app sends the password as ${right.type}; a preset can describe forms, JSON, XML and Basic.`,
    );
  checkNames(right);
  if (right.type === 'basic') checkOnce(recording, right);
  return right;
}
