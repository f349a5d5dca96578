# shellcheck shell=bash
# PostfixAdmin with two administrators, who are called by their addresses, in SQLite.

prepare() {
  cp -r "$UNPACKED/postfixadmin/usr/share/postfixadmin" "$DIR/app"
  rm "$DIR/app/templates_c" "$DIR"/app/config.*.php
  mkdir "$DIR/app/templates_c"
  cp "$UNPACKED/postfixadmin/etc/postfixadmin/config.inc.php" "$DIR/app/"
  echo '<?php' >"$DIR/app/dbconfig.inc.php"
  postfixadmin_config >"$DIR/app/config.local.php"
  # The tables come with the page of its set-up; the people from its own command.
  touch "$DIR/postfixadmin.db"
  (
    cd "$DIR/app/public"
    /usr/bin/php -d error_reporting=0 upgrade.php
    cd ../scripts
    for name in alice bob; do
      password=$PASSWORD_A
      [ "$name" = bob ] && password=$PASSWORD_B
      /usr/bin/php -d error_reporting=0 postfixadmin-cli.php admin add "$name@example.org" --password "$password" --password2 "$password" --superadmin 1 --active 1
    done
    sqlite3 ../../postfixadmin.db "update admin set active = 1"
  ) >"$DIR/install.log" 2>&1
}

postfixadmin_config() {
  cat <<PHP
<?php
\$CONF['configured'] = true;
\$CONF['database_type'] = 'sqlite';
\$CONF['database_name'] = '$DIR/postfixadmin.db';
\$CONF['admin_email'] = 'harbour@example.org';
\$CONF['encrypt'] = 'php_crypt:SHA512';
\$CONF['emailcheck_resolve_domain'] = 'NO';
\$CONF['smtp_server'] = '127.0.0.1';
\$CONF['smtp_port'] = '9';
\$CONF['setup_password'] = 'none';
\$CONF['password_validation'] = [];
PHP
}

serve() { php_serve "$DIR" "$PORT" "$DIR/app/public"; }

expire() { rm -f "$DIR"/sessions/sess_*; }
