# shellcheck shell=bash
# Cacti's pages, and MariaDB behind them, as its installation leaves it; nothing is polled. Its own record says who signed in.
# shellcheck source=mariadb.inc
source "$HERE/legacy/mariadb.inc"

prepare() {
  local share="$DIR/usr/share" one
  prepare_mariadb
  # Its files lead to libraries beside its own folder, and to places of the machine for what it writes.
  mkdir -p "$share/cacti" "$DIR/log" "$DIR/cache" "$DIR/rra"
  cp -a "$UNPACKED/cacti/usr/share/cacti/." "$share/cacti/"
  for one in javascript nodejs php fonts-fork-awesome; do ln -s "/usr/share/$one" "$share/$one"; done
  for one in log cache rra; do ln -sfn "$DIR/$one" "$share/cacti/site/$one"; done
  ln -sf "$DIR/config.php" "$share/cacti/site/include/config.php"
  cacti_config >"$DIR/config.php"
  serve_mariadb
  cacti_data | cacti_sql
}

cacti_config() {
  cat <<PHP
<?php
\$database_type = 'mysql';
\$database_default = 'cacti';
\$database_hostname = '127.0.0.1';
\$database_username = 'alice';
\$database_password = '$PASSWORD_A';
\$database_port = '$SECOND_PORT';
\$database_retries = 5;
\$database_ssl = false;
\$database_persist = false;
\$poller_id = 1;
\$url_path = '/';
\$cacti_session_name = 'Cacti';
\$cacti_db_session = false;
\$disable_log_rotation = true;
\$path_csrf_secret = '$DIR/csrf-secret.php';
\$proxy_headers = null;
PHP
}

cacti_sql() { /usr/bin/mariadb --no-defaults -ualice "-p$PASSWORD_A" -S "$DIR/my.sock" "$@"; }

# Two administrators, who may all that the first one of its installation may.
cacti_data() {
  local id=10 pair hash
  echo 'create database cacti character set utf8mb4 collate utf8mb4_unicode_ci; use cacti; set session sql_mode = "";'
  cat "$UNPACKED/cacti/usr/share/cacti/conf_templates/cacti.sql"
  echo "update version set cacti = '$(cat "$UNPACKED/cacti/usr/share/cacti/site/include/cacti_version")';"
  echo "replace into settings (name, value) values ('path_cactilog', '$DIR/log/cacti.log');"
  for pair in "alice:$PASSWORD_A" "bob:$PASSWORD_B"; do
    hash=$(/usr/bin/php -r 'echo password_hash($argv[1], PASSWORD_DEFAULT);' "${pair#*:}")
    echo "create temporary table person select * from user_auth where id = 1;"
    echo "update person set id = $id, username = '${pair%%:*}', password = '$hash', full_name = '', must_change_password = '';"
    echo "insert into user_auth select * from person; drop temporary table person;"
    echo "insert into user_auth_realm select realm_id, $id from user_auth_realm where user_id = 1;"
    id=$((id + 1))
  done
}

serve() {
  # What the SNMP library keeps.
  export SNMP_PERSISTENT_DIR="$DIR/snmp"
  /usr/bin/mariadb-admin --no-defaults -S "$DIR/my.sock" -ualice "-p$PASSWORD_A" ping >/dev/null 2>&1 || serve_mariadb
  php_serve "$DIR" "$PORT" "$DIR/usr/share/cacti/site"
}

expire() { rm -f "$DIR"/sessions/sess_*; }
