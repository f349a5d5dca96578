# shellcheck shell=bash
# phpLDAPadmin, and a directory behind it; people sign in by their uid. The directory's own log says who bound.
# shellcheck source=slapd.inc
source "$HERE/legacy/slapd.inc"

prepare() {
  prepare_slapd
  cp -r "$UNPACKED/phpldapadmin/usr/share/phpldapadmin" "$DIR/app"
  rm "$DIR/app/templates" "$DIR/app/doc"
  cp -r "$UNPACKED/phpldapadmin/etc/phpldapadmin/templates" "$DIR/app/templates"
  cat >"$DIR/app/config/config.php" <<PHP
<?php
\$config->custom->session['blowfish'] = 'these are the thirty-two bytes..';
\$servers = new Datastore();
\$servers->newServer('ldap_pla');
\$servers->setValue('server', 'name', 'Harbour');
\$servers->setValue('server', 'host', '127.0.0.1');
\$servers->setValue('server', 'port', $SECOND_PORT);
\$servers->setValue('server', 'base', array('$SUFFIX'));
\$servers->setValue('login', 'auth_type', 'session');
\$servers->setValue('login', 'attr', 'uid');
PHP
}

serve() {
  serve_slapd
  php_serve "$DIR" "$PORT" "$DIR/app/htdocs"
}

expire() { rm -f "$DIR"/sessions/sess_*; }
