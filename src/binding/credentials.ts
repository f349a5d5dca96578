import type { BoundLogin } from '../config/login-types.ts';
import type { AppConfig } from '../config/types.ts';
import { SallyportError } from '../errors.ts';
import { digestUser, parseBasic, writeBasic } from '../request/login/basic.ts';
import { namesSame } from './names.ts';

/**
 * Authorization of a session's request for the app: Basic and Digest must name the session's account at this app, which is
 * `name`, and pass where the preset has a use for them. Anything else, Bearer included, names nobody and is left out. Basic
 * is written anew, so that proxy and app cannot read two names. Throws `wrong-account`, or `bad-headers` for what cannot be
 * read beyond doubt.
 */
export function authorizationEdit(
  app: AppConfig,
  login: BoundLogin,
  name: string | null,
): (value: string) => string | null {
  const check = (given: string): void => {
    if (name === null || !namesSame(app, name, given))
      throw new SallyportError('wrong-account', 'Authorization names another account');
  };
  return (value) => {
    const scheme = /^[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)/.exec(value)?.[1]?.toLowerCase();
    if (scheme === 'basic') {
      const basic = parseBasic(value);
      if (basic === undefined) throw new SallyportError('bad-headers', 'Basic that can be read in two ways');
      check(basic.user);
      return login.authorization.includes('basic') ? writeBasic(basic) : null;
    }
    if (scheme === 'digest') {
      const user = digestUser(value);
      if (user === undefined) throw new SallyportError('bad-headers', 'Digest that can be read in two ways');
      check(user);
      return login.authorization.includes('digest') ? value : null;
    }
    return null;
  };
}
