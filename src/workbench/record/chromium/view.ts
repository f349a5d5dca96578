import { ENTERING, LEAVING, NAME_FIELD } from '../words.ts';

/** What is looked up in a page, in the page: its text is code for a browser, and gets nothing but the words of this file. */
const LOOK = `
const rootsOf = (root) => [root, ...[...root.querySelectorAll('*')].flatMap((each) => {
  if (each.shadowRoot) return rootsOf(each.shadowRoot);
  try { return each.contentDocument ? rootsOf(each.contentDocument) : []; } catch { return []; }
})];
const all = (selector) => rootsOf(document).flatMap((root) => [...root.querySelectorAll(selector)]);
const shown = (each) => {
  const { width, height } = each.getBoundingClientRect();
  const { visibility, display } = each.ownerDocument.defaultView.getComputedStyle(each);
  return width > 0 && height > 0 && visibility !== 'hidden' && display !== 'none' && !each.disabled;
};
const wordsOf = (each) => [each.name, each.id, each.placeholder, each.getAttribute('aria-label'), each.autocomplete,
  ...[...(each.labels || [])].map((label) => label.textContent)].filter(Boolean).join(' ').slice(0, 400);
const said = (each) => [each.textContent, each.value, each.title, each.getAttribute('aria-label')]
  .filter((text) => typeof text === 'string').map((text) => text.trim()).filter((text) => text !== '' && text.length < 60);
const NAME = ${String(NAME_FIELD)}, OUT = ${String(LEAVING)}, IN = ${String(ENTERING)};
const typed = (each) => ['text', 'email', ''].includes(each.type) && shown(each) && !each.readOnly;
const inputs = (scope) => scope === null ? all('input') : [...scope.querySelectorAll('input')];
const BUTTON = 'button, input[type=submit], input[type=image], [role=button], a.button, a.btn';
const within = (field, wanted) => {
  for (let at = field.parentElement; at !== null; at = at.parentElement) if (wanted(at)) return at;
  return null;
};
const scopeOf = (field) => field.closest('form') || within(field, (at) => at.querySelector(BUTTON) !== null);
const nameIn = (scope, before) => {
  const fields = inputs(scope).filter(typed)
    .filter((each) => before === null || (each.compareDocumentPosition(before) & 4) !== 0);
  return fields.find((each) => NAME.test(wordsOf(each))) || (before === null ? null : fields.at(-1)) || null;
};
const passwords = () => all('input[type=password]').filter(shown);
const alone = (field) => {
  const scope = scopeOf(field);
  return scope === null || inputs(scope).filter((each) => each.type === 'password' && shown(each)).length === 1;
};
const password = () => {
  const fields = passwords().filter(alone);
  return fields.find((each) => nameIn(scopeOf(each), each) !== null) || fields[0] || null;
};
const name = () => {
  const field = password();
  if (field !== null) return nameIn(scopeOf(field), field);
  const fields = all('input').filter((each) => typed(each) && NAME.test(wordsOf(each)));
  return fields.find((each) => { const scope = scopeOf(each); return scope === null || inputs(scope).every((one) => one.type !== 'password' || !shown(one)); }) || null;
};
const press = (each) => {
  if (each === undefined) return false;
  // As a hand does: menus of many pages open while they are pressed, before any click.
  const { left, top, width, height } = each.getBoundingClientRect();
  const at = { bubbles: true, cancelable: true, composed: true, view: each.ownerDocument.defaultView, button: 0,
    clientX: left + width / 2, clientY: top + height / 2 };
  each.dispatchEvent(new PointerEvent('pointerdown', { ...at, isPrimary: true, pointerType: 'mouse', buttons: 1 }));
  each.dispatchEvent(new MouseEvent('mousedown', { ...at, buttons: 1 }));
  each.dispatchEvent(new PointerEvent('pointerup', { ...at, isPrimary: true, pointerType: 'mouse' }));
  each.dispatchEvent(new MouseEvent('mouseup', at));
  each.click();
  return true;
};
const focus = (field) => { if (field === null) return false; field.focus(); field.select(); return true; };
const pressBeside = (field) => {
  const scope = field === null ? null : scopeOf(field);
  const buttons = scope === null ? [] : [...scope.querySelectorAll(BUTTON)].filter(shown);
  const button = buttons.find((each) => said(each).some((text) => IN.test(text))) || buttons.find((each) => each.type === 'submit' || each.type === 'image') || buttons[0];
  return press(button);
};
const leads = (each) => [each.getAttribute('href'), each.id, each.getAttribute('onclick'), each.getAttribute('name')].filter(Boolean).join(' ').slice(0, 400);
const CLICKED = 'a, button, input[type=submit], [role=button], [role=menuitem], summary';
`;

const asked = (expression: string): string => `(() => { ${LOOK}\nreturn ${expression}; })()`;

/** Expressions for `Tab.evaluate`, each with what it comes to. */
export const VIEW = {
  /** boolean: a password is asked for, once. */
  asksPassword: asked('password() !== null'),
  /** boolean: a name is asked for, and no password. */
  asksName: asked('password() === null && name() !== null'),
  /** boolean: there is a field for the name beside the password. */
  hasName: asked('name() !== null'),
  focusName: asked('focus(name())'),
  focusPassword: asked('focus(password())'),
  /** boolean: the button beside the field was pressed. */
  pressPassword: asked('pressBeside(password())'),
  pressName: asked('pressBeside(name())'),
  /** boolean: something leads to the sign-in. */
  entrance: asked('all(CLICKED).filter(shown).some((each) => said(each).some((text) => IN.test(text)))'),
  /** boolean: what leads to the sign-in was pressed. */
  enter: asked('press(all(CLICKED).filter(shown).find((each) => said(each).some((text) => IN.test(text))))'),
  /** boolean: what signs out was pressed. */
  leave: asked(
    'press(all(CLICKED).filter(shown).find((each) => said(each).some((text) => OUT.test(text)) || OUT.test(leads(each))))',
  ),
  /** { href, text }[]: links of the page. */
  links: asked(
    "all('a[href]').slice(0, 500).map((each) => ({ href: String(each.href).slice(0, 2048), text: each.textContent.trim().slice(0, 80) }))",
  ),
  address: asked('location.href'),
  /** boolean: the n-th menu was opened. */
  menu: (n: number, account: string): string =>
    asked(
      `press(all('[aria-haspopup], [data-toggle=dropdown], [data-bs-toggle=dropdown], summary, button, a').filter((each) => shown(each) && (each.matches('[aria-haspopup], [data-toggle=dropdown], [data-bs-toggle=dropdown], summary') || said(each).includes(${JSON.stringify(account)})))[${n}])`,
    ),
  /** boolean: the field of that name is there, and has the focus. */
  focusField: (field: string): string =>
    asked(
      `focus(all('input').find((each) => (each.name === ${JSON.stringify(field)} || each.id === ${JSON.stringify(field)}) && shown(each)) || null)`,
    ),
};
