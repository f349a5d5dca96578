import { sourceOf } from '../sources/table.ts';
import type { View } from './check.ts';
import type { WrittenApp } from './schema.ts';
import { type Finding, type Path, valueAt } from './source.ts';

function* apps({ sound }: View): Generator<readonly [app: WrittenApp, path: Path]> {
  for (const [id, app] of Object.entries(sound.apps)) yield [app, ['apps', id, 'login']];
}

/** One of the two, and neither with the other's options. */
export function* checkLogins(view: View): Generator<Finding> {
  for (const [{ login }, path] of apps(view)) {
    if (login === 'none') continue;
    const { preset, unbound } = login;
    if (preset === undefined && unbound === undefined)
      yield { path, message: 'Name a preset, or declare with unbound that the app’s own login is not bound.' };
    if (preset !== undefined && unbound !== undefined)
      yield { path: [...path, 'unbound'], message: 'An app with a preset is bound. Remove one of the two.' };
    const written = valueAt(view.raw, path);
    if (unbound === undefined || typeof written !== 'object' || written === null) continue;
    for (const key of Object.keys(written))
      if (key !== 'unbound' && key !== 'preset')
        yield { path: [...path, key], message: 'This is for apps with a preset only. Remove it.' };
  }
}

/** Where the app checks the password, its login must be bound: else nothing says whose password it was. */
export function* checkPasswords(view: View): Generator<Finding> {
  for (const [id, app] of Object.entries(view.sound.apps)) {
    const realm = view.sound.realms[app.realm];
    if (realm === undefined) continue;
    const path = ['apps', id, 'login'];
    const { asksPassword } = sourceOf(realm.source);
    if (!asksPassword && app.login === 'none')
      yield {
        path,
        message:
          'The realm leaves passwords to the app, so its login must be bound. Name a preset (sallyport preset list), make one (sallyport preset record), or declare unbound with reason, owner and expires.',
      };
    if (asksPassword && app.login !== 'none' && app.login.order === 'login-first')
      yield {
        path: [...path, 'order'],
        message: 'login-first needs a realm with source: app; here Sallyport asks for a password itself.',
      };
  }
}

export function* findUnbound(view: View): Generator<Finding> {
  for (const [{ login }, path] of apps(view)) {
    if (login === 'none' || login.unbound === undefined) continue;
    const { expires } = login.unbound;
    if (view.now < expires.end) continue;
    yield {
      path: [...path, 'unbound', 'expires'],
      message: `This declaration expired on ${expires.text}, and nothing is forwarded to the app any more. Bind its login, or renew it with its owner.`,
    };
  }
}
