# shellcheck shell=bash
# LDAP Account Manager at /lam, as Debian has it, and a directory behind it, in which it looks for the uid that somebody signs in with.
# shellcheck source=slapd.inc
source "$HERE/legacy/slapd.inc"

prepare() {
  local package="$UNPACKED/ldap-account-manager" app="$DIR/web/lam"
  prepare_slapd
  mkdir -p "$app"
  # Without its words in other languages, which are a quarter of it.
  cp -r "$package"/usr/share/ldap-account-manager/{graphics,help,index.html,lib,pwa_worker.js,style,templates,VERSION} "$app/"
  # Its main configuration is a link to a place of the machine.
  cp -rP "$package"/var/lib/ldap-account-manager/{config,sess,tmp} "$app/"
  rm "$app/config/config.cfg"
  sed "s#^logDestination:.*#logDestination: $DIR/lam.log#" "$package/etc/ldap-account-manager/config.cfg" >"$app/config/config.cfg"
  mkdir -p "$app/tmp/internal"
  {
    sed -E "s#^ServerURL:.*#ServerURL: ldap://127.0.0.1:$SECOND_PORT#; s#dc=my-domain,dc=com|dc=yourdomain,dc=org#$SUFFIX#g; s#ou=People#ou=people#" \
      "$package/var/lib/ldap-account-manager/config/unix.sample.conf"
    printf 'loginMethod: search\nloginSearchSuffix: ou=people,%s\nloginSearchFilter: uid=%%USER%%\n' "$SUFFIX"
  } >"$app/config/lam.conf"
}

serve() {
  serve_slapd
  php_serve "$DIR" "$PORT" "$DIR/web"
}

expire() { rm -f "$DIR"/web/lam/sess/sess_*; }
