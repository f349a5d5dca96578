import { covers } from '../lib/readings/covers.ts';
import type { View } from './check.ts';
import { apps, repeated } from './cross-each.ts';
import { fold } from './fold.ts';
import { originOf } from './resolve.ts';
import type { WrittenApp } from './schema.ts';
import type { Finding } from './source.ts';
import { foldHeaderName } from './values.ts';

export function* checkRules(view: View): Generator<Finding> {
  for (const [, app, path] of apps(view)) {
    const rules = app.rules.map((rule, i) => {
      const prefix = rule.path.endsWith('/**');
      return [`${prefix} ${fold(prefix ? rule.path.slice(0, -3) : rule.path).join('/')}`, i] as const;
    });
    for (const i of repeated(rules)) {
      yield {
        path: [...path, 'rules', i, 'path'],
        message: 'Another rule above has this path; capitals and encodings make no difference in rules. Merge the two.',
      };
    }
    const exemptions = app.exemptions.map((exemption, i) => [`${exemption.method} ${exemption.path}`, i] as const);
    for (const i of repeated(exemptions))
      yield { path: [...path, 'exemptions', i], message: 'This exemption stands here twice. Remove one.' };
    const headers = Object.keys(app.headers).map((name) => [foldHeaderName(name), name] as const);
    for (const name of repeated(headers)) {
      yield {
        path: [...path, 'headers', name],
        message: 'Servers take this for another name above (capitals, - and _ make no difference). Remove one.',
      };
    }
  }
}

export function* checkElsewhere(view: View): Generator<Finding> {
  for (const [, app, path] of apps(view)) {
    const entries = app.cross_site.map((entry, i) => [entry.path, i] as const);
    for (const i of repeated(entries))
      yield {
        path: [...path, 'cross_site', i, 'path'],
        message: 'This path stands here twice. Put its origins together.',
      };
    const own = originOf(app, view.sound);
    for (const [i, { from }] of app.cross_site.entries())
      for (const [j, origin] of from.entries())
        if (origin === own)
          yield {
            path: [...path, 'cross_site', i, 'from', j],
            message: "This is the app's own origin, whose forms need no entry. Name the other site, or remove it.",
          };
  }
}

/** Whether a path lies under a rule that asks for more than a session, as the rules themselves are compared. */
function isRuled(app: WrittenApp, path: string): boolean {
  return app.rules.some((rule) => {
    const prefix = rule.path.endsWith('/**');
    return covers(prefix ? rule.path.slice(0, -3) : rule.path, prefix, path);
  });
}

export function* findExemptions(view: View): Generator<Finding> {
  for (const [, app, path] of apps(view)) {
    for (const [i, exemption] of app.exemptions.entries()) {
      const at = [...path, 'exemptions', i];
      if (!(view.now < exemption.expires.end)) {
        yield {
          path: [...at, 'expires'],
          message: `This exemption expired on ${exemption.expires.text} and does not work any more. Remove it, or renew it with its owner.`,
        };
      }
      if (isRuled(app, exemption.path)) {
        yield {
          path: [...at, 'path'],
          message:
            'A rule of this app covers this path, and the exemption opens it to everybody. Remove one of the two.',
        };
      }
    }
  }
}

/** Methods of exemptions that act on all that is below a path (src/rules/reach.ts). */
const DEEP: readonly string[] = ['DELETE', 'PROPFIND', 'REPORT'];

/** An exemption that never holds, since a rule covers something that it acts on. */
export function* findDeepExemptions(view: View): Generator<Finding> {
  for (const [, app, path] of apps(view))
    for (const [i, exemption] of app.exemptions.entries()) {
      if (!DEEP.includes(exemption.method)) continue;
      const above = fold(exemption.path);
      const ruled = app.rules.find((rule) => above.every((segment, at) => fold(rule.path)[at] === segment));
      if (ruled === undefined) continue;
      yield {
        path: [...path, 'exemptions', i, 'method'],
        message: `${exemption.method} acts on what is below ${exemption.path} too, and the rule ${ruled.path} covers some of it: the exemption does not hold. Remove it, or exempt another path.`,
      };
    }
}
