import assert from 'node:assert/strict';
import test from 'node:test';
import { attempt, FORM } from '../support/login-app-attempts.ts';
import { type Bound, boundTests, SITES } from '../support/login-app-bound.ts';
import { APP_PASSWORDS } from '../support/login-app-people.ts';

const SECRET = encodeURIComponent(APP_PASSWORDS['alice'] ?? '');

/** Bodies in which one reader finds bob and another alice. `F` is the field of the name. */
const STRUCTURES = [
  'F=bob&F=alice',
  'F=alice&F=bob',
  'F=bob&F=bob',
  'F=bob;F=alice',
  'F[]=alice',
  'F[]=bob&F[]=alice',
  'F[0]=bob&F=alice',
  'F=bob&F[0]=alice',
  'F=bob&F[a]=alice',
  'F=bob&F[=alice',
  'F=bob&%46=alice',
  'F=bob&F%00=alice',
  'F%00=bob&F=alice',
  'F=bob&F%00x=alice',
  '+F=bob&F=alice',
  'F=bob&+F=alice',
  'F=bob&%20F=alice',
  'F=bob&F+=alice',
  'F=bob&%09F=alice',
  'F=bob&F%0a=alice',
  'F=bob&F%0d%0a=alice',
  'UPPER=bob&F=alice',
  'F=bob&UPPER=alice',
  'F=bob&.F=alice',
  'F=bob&_F=alice',
  'F=bob&F.x=alice',
  'F=bob&%EF%BC%B5sername=alice',
  'F=bob&FULLWIDTH=alice',
  'F=bob&user=alice',
  'F=bob&login=alice',
  'F=bob&u=alice',
  'F=bob&extra=1',
  'F=bob&password=wrong',
  'F=bob&PASSWORD=wrong',
  'F=bob&password[]=wrong',
  'F=bob%26F=alice&F=alice',
  'F',
  '=alice&F=bob',
  '&&F=bob&&F=alice',
  'F=bob&__proto__=1',
  'F=bob&__proto__[F]=alice',
  'F=bob&constructor=1',
  'F=%zz&F=alice',
  'F=%ff%fe',
  'F=%ED%A0%80alice',
  'F=%C0%A1lice',
] as const;

function written(structure: string, field: string): string {
  const wide = [...field].map((letter) => String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0xfee0)).join('');
  const body = structure
    .replaceAll('FULLWIDTH', encodeURIComponent(wide))
    .replaceAll('UPPER', `${field[0]?.toUpperCase()}${field.slice(1)}`)
    .replaceAll('%46', `%${field.charCodeAt(0).toString(16)}${field.slice(1)}`)
    .replaceAll(/(?<![A-Z%])F(?![A-Z0-9]{2}|B|C)/g, field);
  return `${body}&password=${SECRET}`;
}

function hostile(on: Bound): void {
  on.app.folds = ['lower', 'trim', 'nfkc'];
  on.app.worst = true;
  on.app.csrf = false;
}

boundTests(
  (on) => {
    for (const [site, field] of [
      ['front', 'username'],
      ['formfront', 'username'],
      ['named', 'user_name'],
    ] as const) {
      test(`${site}: a body that two parsers read differently is not sent at all`, async () => {
        const visitor = await on.signer('bob', site);
        hostile(on);
        await visitor.loginPage();
        const more =
          field === 'user_name'
            ? [
                'F=bob&user.name=alice',
                'F=bob&user+name=alice',
                'F=bob&user[name=alice',
                'F=bob&user-name=alice',
                'user.name=alice',
              ]
            : [];
        for (const structure of [...STRUCTURES, ...more]) {
          const body = written(structure, field);
          on.app.upstream.clear();
          const answer = await attempt(visitor, { method: 'POST', target: '/login', type: FORM, body });
          assert.ok([400, 401, 403, 415].includes(answer.status), `${body}: ${answer.status}`);
          on.app.upstream.silent(body);
        }
        for (const target of [
          '/login?username=alice',
          '/login?F=alice',
          '/login?username[]=alice',
          '/login?err=alice&username=alice',
        ]) {
          const one = { method: 'POST', target: target.replace('F', field), type: FORM, body: written('F=bob', field) };
          const answer = await attempt(visitor, one);
          assert.ok([400, 401, 403].includes(answer.status), target);
          on.app.upstream.silent(target);
        }
        assert.deepEqual(on.app.as('alice'), []);
      });
    }

    for (const site of ['portal', 'form'] as const) {
      test(`${site}: nor in a session, whoever of the two it belongs to`, async () => {
        const bob = await on.signer('bob', site);
        await bob.arrive();
        hostile(on);
        for (const structure of STRUCTURES) {
          const body = written(structure, 'username');
          on.app.upstream.clear();
          const answer = await attempt(bob, { method: 'POST', target: '/login', type: FORM, body });
          assert.ok([400, 403, 415].includes(answer.status), `${body}: ${answer.status}`);
          on.app.upstream.silent(body);
        }
        assert.deepEqual(on.app.as('alice'), []);
        assert.match((await bob.page('/account')).body, /private page of bob/);
      });
    }
  },
  { ...SITES, named: { order: 'login-first', preset: { account: 'user_name' } } },
);
