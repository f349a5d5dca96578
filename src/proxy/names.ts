import type { FieldName } from '../request/names.ts';

/**
 * What a header's name means on its way to the app. Names are compared after folding to lower-case letters and digits:
 * CGI, WSGI, PHP, Rack and IIS turn `-`, `_` and `.` into one another, so `Remote_User` is `Remote-User`.
 */
export const KEEP = 0;
export const DROP = 1;
export const COOKIE = 2;
export const AUTHORIZATION = 3;
export const CONNECTION = 4;
export const CONTENT_LENGTH = 5;
export const TRANSFER_ENCODING = 6;
export const REFERER = 7;
export const DESTINATION = 8;
export const CONDITION = 9;

/** Names with a part in framing or routing: only the exact spelling is read, every alias goes. */
const STRUCTURAL: ReadonlyMap<string, readonly [exact: string, kind: number]> = new Map([
  ['cookie', ['cookie', COOKIE]],
  ['authorization', ['authorization', AUTHORIZATION]],
  ['connection', ['connection', CONNECTION]],
  ['contentlength', ['content-length', CONTENT_LENGTH]],
  ['transferencoding', ['transfer-encoding', TRANSFER_ENCODING]],
  ['contenttype', ['content-type', KEEP]],
  ['referer', ['referer', REFERER]],
  ['destination', ['destination', DESTINATION]],
  ['if', ['if', CONDITION]],
]);

const DROPPED = new Set([
  // RFC 9110 §7.6.1 and its older relatives: good for one hop only. Host and Expect (§10.1.1) are ours to say.
  ...['proxyconnection', 'keepalive', 'te', 'trailer', 'trailers', 'upgrade', 'http2settings', 'host', 'expect'],
  ...['proxyauthorization', 'proxyauthenticate', 'proxyauthenticationinfo'],
  // `Proxy` becomes HTTP_PROXY in a CGI environment.
  'proxy',
  // Another URL or method than the judged one.
  ...['xrewriteurl', 'xrewriteuri', 'xhttpmethod', 'xhttpmethodoverride', 'xmethodoverride', 'httpmethodoverride'],
  ...['methodoverride', 'xscriptname', 'scriptname', 'pathinfo', 'xpathinfo', 'xhost', 'xscheme', 'xurlscheme'],
  ...['xwawsunencodedurl', 'xmatchedpath'],
  ...['frontendhttps', 'xproto', 'xprotocol', 'xhttps', 'https'],
  // Another client than the real one.
  ...['xrealip', 'xrealport', 'trueclientip', 'xtrueclientip', 'cfconnectingip', 'cfconnectingipv6', 'cfpseudoipv4'],
  ...['xclientip', 'clientip', 'xclusterclientip', 'fastlyclientip', 'flyclientip', 'xazureclientip', 'xazuresocketip'],
  ...['xremoteaddr', 'xremoteip', 'xremotehost', 'remoteaddr', 'remotehost', 'xoriginatingip', 'xproxyuserip'],
  ...[
    'xappengineuserip',
    'xenvoyexternaladdress',
    'wlproxyclientip',
    'proxyclientip',
    'xcfconnectingip',
    'xhostoverride',
  ],
  // Another person than the one who signed in, in the words of products that apps were taught to believe.
  ...['xuser', 'xusername', 'xuserid', 'xuseremail', 'xusergroup', 'xusergroups', 'xuserrole', 'xuserroles', 'xuserdn'],
  ...['xemail', 'xgroups', 'xroles', 'xlogin', 'xaccount', 'authuser', 'xauthuser', 'xauthusername', 'xauthuserid'],
  ...[
    'xauthemail',
    'xauthname',
    'xauthgroup',
    'xauthgroups',
    'xauthroles',
    'xauthsubject',
    'authenticateduser',
    'username',
  ],
  ...['proxyuser', 'xproxyuser', 'smuser', 'smuserdn', 'smuniversalid', 'smauthtype', 'ivuser', 'ivuserl', 'ivgroups'],
  ...['ivcreds', 'ivserver', 'gssname', 'logonuser', 'xlogonuser', 'authtype', 'ssousername', 'xssouser', 'eppn'],
  ...['casuser', 'persistentid'],
  ...['xclientcert', 'clientcert', 'xclientverify', 'xclientdn', 'xcert'],
]);

const DROPPED_PREFIXES = [
  'sallyport',
  ...['xforwarded', 'forwarded', 'xoriginal', 'xmsoriginal', 'xaccel', 'xsendfile', 'xenvoyoriginal'],
  // What frameworks tell themselves of the route and of what has been judged already.
  ...['xinvoke', 'xmiddleware'],
  ...['remoteuser', 'remotegroup', 'remotename', 'remoteemail', 'remoteident', 'remoterole'],
  ...['xremoteuser', 'xremotegroup', 'xremotename', 'xremoteemail', 'xremoterole', 'httpremoteuser'],
  ...['xauthrequest', 'xauthentik', 'xauthelia', 'xauthenticated', 'cfaccess', 'xpomerium', 'xgoogiap'],
  ...['xgoogauthenticateduser', 'xwebauth', 'xmsclientprincipal', 'xamznoidc', 'xamznmtls', 'tailscaleuser', 'xvouch'],
  ...['oidcclaim', 'oidcaccesstoken', 'oidcidtoken', 'sslclient', 'xssl', 'xclientcert', 'xarrssl', 'xarrclientcert'],
  ...['shib', 'mellon', 'osso', 'xkeycloak', 'kcsubject', 'xoauth', 'xjwt', 'xidtoken', 'xtokensubject', 'xuserinfo'],
  ...['xconsumer', 'xcredential'],
];

const cache = new WeakMap<FieldName, number>();

function judge({ lower, folded }: FieldName): number {
  const structural = STRUCTURAL.get(folded);
  if (structural !== undefined) return lower === structural[0] ? structural[1] : DROP;
  // A name without a letter or digit is no header that an app waits for, and would equal every other such name.
  const dropped = folded === '' || DROPPED.has(folded) || DROPPED_PREFIXES.some((prefix) => folded.startsWith(prefix));
  return dropped ? DROP : KEEP;
}

/** What to do with an inbound header of that name, as received. Remembered for as long as the name is. */
export function judgeName(name: FieldName): number {
  const known = cache.get(name);
  if (known !== undefined) return known;
  const kind = judge(name);
  cache.set(name, kind);
  return kind;
}
