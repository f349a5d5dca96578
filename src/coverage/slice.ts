import type { AppInForce, InForce } from './in-force.ts';

/** First line of what a configuration meant for one realm, without anything that is another's or names anybody. */
export const SLICE = 'sallyport slice v1';
/** Slices that an entry names; more realms than that are told in none. */
export const MOST_SLICES = 64;

/** Whose groups a rule asks for is not shown, only that it does. */
const GROUPED = ['(not shown)'];

/** What stands for a path: only that of all is shown as it is, by which the rules go. */
const pathAs = (path: string, i: number): string => (path === '/**' ? path : `(${i + 1})`);

/** Whether names or groups decide who may use the app at all: of a reader who is shown neither, that is not known. */
const barsSome = ({ holders, rules }: AppInForce): boolean =>
  holders !== null || (rules.some(({ path }) => path === '/**') && rules.every(({ groups }) => groups.length > 0));

function appIn(app: AppInForce) {
  const exception = { reason: '', owner: '' };
  const { unbound, rules, exemptions, surfaces, doors } = app;
  return {
    ...{ id: app.id, hosts: [], realm: app.realm, rp: app.rp, bound: app.bound, preset: null, order: app.order },
    unbound: unbound === null ? null : { ...unbound, ...exception },
    holders: null,
    rules: rules.map((rule, i) => ({
      ...rule,
      path: pathAs(rule.path, i),
      groups: rule.groups.length === 0 ? [] : GROUPED,
    })),
    exemptions: exemptions.map((each, i) => ({ ...each, ...exception, path: pathAs(each.path, i) })),
    surfaces: surfaces.map((each, i) => ({ ...each, path: pathAs(each.path, i) })),
    doors: doors.map(pathAs),
    bars: barsSome(app),
  };
}

/**
 * What of a configuration whoever sees one organisation, or no names, may know: a text for each realm, in their order. No host, no path, no
 * group, no reason and no name; how each app is bound, what its routes take, and until when exceptions stand (docs/decisions/0065).
 */
export function slicesOf({ realms, apps }: Omit<InForce, 'format'>): string[] {
  if (realms.length > MOST_SLICES) return [];
  return realms.map(({ id, source }) => {
    const own = apps.filter(({ realm }) => realm === id).map(appIn);
    return JSON.stringify({ format: SLICE, realms: [{ id, source }], apps: own });
  });
}
