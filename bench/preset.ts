/** The app of sides/login-app.ts, described as presets of real products are: doors, guarded fields, pages that sign out. */
export function presetText(whoami: boolean): string {
  return `preset: 1
id: bench
tested: ["the app of the benchmarks"]
entry: /login
anon:
  - { path: /login }
  - { path: "/static/**", query: "*", static: true }
login:
  - id: password
    on: { method: POST, path: /login }
    type: form
    account: username
    secret: [password]
    ok: { status: 200, body: "welcome" }
    fail: { status: 401 }
${whoami ? `whoami: { get: /whoami, find: 'id="who">([^<]{1,200})<', anonymous: { body: 'id="nobody"' } }` : 'assurance: login-form'}
account: { fold: [trim, nfkc, lower], strip: [] }
session: { cookies: ["^SESS$"] }
logout: [ { path: /logout } ]
lost: [ { status: 302, location: "^/login" } ]
guard: { fields: [username, password], sets: [[u, p], [log, pwd]], query: [token], headers: [X-App-Token] }
doors:
  - { path: /xmlrpc.php, do: deny }
  - { path: "/api/login/**", do: deny }
  - { path: /reset, do: deny }
  - { path: "/su/**", do: deny }
`;
}
