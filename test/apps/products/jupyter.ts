import { form } from '../client.ts';
import type { Product } from '../product.ts';

const PASSWORD = 'Passw0rd!a';

/** The token that the form wants, which a script of the page reads from its cookie too. */
export const xsrfOf = (page: string): string => /name="_xsrf" value="([^"]+)"/.exec(page)?.[1] ?? '';

/** Jupyter Notebook: one password, no names. */
export const jupyter: Product = {
  name: 'jupyter',
  legacy: 'jupyter',
  preset: 'jupyter',
  login: 'held_by: { accounts: [alice], groups: [team] }',
  orders: 'factor-first',
  mine: { name: 'alice', password: PASSWORD },
  other: { name: 'bob', password: PASSWORD },
  single: true,
  inside: { target: '/api/status', name: ({ status }) => (status === 200 ? 'alice' : null) },
  attempt: async (browser, { password }) => {
    const { body } = await browser.page('/login?next=%2Ftree');
    return form('/login?next=%2Ftree', [
      ['_xsrf', xsrfOf(body)],
      ['password', password],
    ]);
  },
  failed: ({ status }) => status === 401,
  sideDoors: () => [],
  decoys: () => [],
  browserCookies: /^_xsrf$/,
  sessionCookies: /^username-/,
  ends: ['restart'],
  person: {
    target: '/tree',
    page: { account: '', secret: '#password_input', submit: '#login_submit', filled: false },
    arrived: (page) => page.locator('#notebook_list').waitFor(),
    work: () => Promise.resolve(),
    // An extension that is not installed is asked for all the same.
    usual: /\/nbextensions\/widgets\//,
    loads: ['document', 'stylesheet', 'script'],
  },
};
