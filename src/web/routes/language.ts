import { LANGUAGES } from '../../lib/languages.ts';
import { need } from '../body.ts';
import { writePrefs } from '../prefs.ts';
import { done, setPrefs, withCookies } from '../reply.ts';
import { safeHere } from './next.ts';
import type { Route } from './route.ts';

/** The language switch: remembered in this browser, back to the page it was pressed on. */
export function languageRoutes(): readonly Route[] {
  return [
    {
      path: '/.sallyport/language',
      from: 'anywhere',
      post: {
        fields: ['language', 'next'],
        run: async ({ form, prefs, context }) => {
          const asked = need(form, 'language');
          const known = LANGUAGES.find(({ code }) => code === asked);
          const answer = done(form.kind, safeHere(form.get('next'), context.app.target));
          if (known === undefined) return answer;
          return withCookies(answer, setPrefs(writePrefs({ ...prefs, language: known.code })));
        },
      },
    },
  ];
}
