/** Words that links, fields and addresses of most apps are made of. */
export const SIGN_IN = /log-?_?in|sign-?_?in|log-?_?on|sign-?_?on|anmeld|einlog|connexion|auth|session\/new/i;
export const LOGOUT = /log-?(?:out|off)|sign-?(?:out|off)|abmeld/i;
/** The same on buttons and links, where people read them. */
export const LEAVING =
  /log[-_ ]?(?:me[-_ ])?(?:out|off)|sign[-_ ]?(?:out|off)|abmeld|ausloggen|d[ée]connexion|^(?:leave|exit|quit)$/i;
/** What a link or button that leads to the sign-in says. */
export const ENTERING = /^[^a-z]*(?:log[- ]?in|sign[- ]?in|log[- ]?on|anmelden|einloggen|connexion)\b/i;
/** Where sign-in pages are, when nothing on the first page leads to one. */
export const KNOWN_PAGES = [
  ...['/login', '/login.php', '/login/', '/index.php', '/admin/', '/admin/login/', '/signin', '/users/sign_in'],
  ...['/accounts/login/', '/auth/login', '/user/login', '/wp-login.php', '/index.html', '/login.html'],
];
/** What a page that says who is signed in is often called. */
export const TELLING =
  /profil|account|user|prefer|settings|option|setup|whoami|\bme\b|konto|einstell|dashboard|home|main|navigation/i;
/** Where scripts ask. */
export const KNOWN_QUESTIONS = [
  ...['/api/me', '/api/user', '/api/users/me', '/api/v1/me', '/api/v1/user', '/api/account', '/api/session', '/whoami'],
  ...['/api/whoami', '/api/current_user', '/user', '/profile', '/account', '/settings', '/preferences'],
];
/** Links that may do something when they are followed. */
export const ACTING =
  /delete|remove|drop|destroy|trash|purge|reset|revoke|disable|enable|install|upgrade|update|restart|reboot|shutdown|kill|truncate|empty|export|download|backup|dump|rebuild|reindex|run|exec|start|stop|approve|confirm|toggle|watch|patrol|rollback|undo|vote|like|subscri|mark|accept|reject|cancel|send|switch|clear|flush|lock|\bban\b|impersonat|clone|rename|import|sync|archive|restore|convert|generate|activ|publish|promot|demot|grant|assign|invit|resend|retry|expire|unlink|moderat|(?:^|[?&/_=-])(?:add|join|leave|set|save)(?:[=&/_.-]|$)/i;
/** Parameters that say a request was meant: pages put them into links that do something. */
export const MEANT = /token|csrf|xsrf|nonce|sectok|authenticity|form_?key|signature/i;
/** Parameters that carry a session in every link, where an app keeps it there. */
export const SESSION_FIELD = /sess|^_?sid$/i;
export const ASSET = /\.(?:css|js|mjs|png|jpe?g|gif|svg|ico|woff2?|pdf|zip|gz|xml|txt|csv)(?:\?|$)/i;
export const NAME_FIELD = /user|login|name|account|mail|uid|log|konto|benutzer/i;
