# shellcheck shell=bash
# Zabbix's pages, and MariaDB behind them; of its data only what pages need, none of its templates. Its own record says who signed in.
# shellcheck source=mariadb.inc
source "$HERE/legacy/mariadb.inc"

prepare() {
  prepare_mariadb
  # Where its configuration is stands in a file of the package.
  cp -rL /usr/share/zabbix "$DIR/www"
  sed -i "s#/etc/zabbix/zabbix.conf.php#$DIR/zabbix.conf.php#" "$DIR/www/include/classes/core/CConfigFile.php"
  cat >"$DIR/zabbix.conf.php" <<PHP
<?php
\$DB = ['TYPE' => 'MYSQL', 'SERVER' => '127.0.0.1', 'PORT' => '$SECOND_PORT', 'DATABASE' => 'zabbix', 'USER' => 'alice',
  'PASSWORD' => '$PASSWORD_A', 'SCHEMA' => '', 'ENCRYPTION' => false, 'KEY_FILE' => '', 'CERT_FILE' => '', 'CA_FILE' => '',
  'VERIFY_HOST' => false, 'CIPHER_LIST' => '', 'VAULT_URL' => '', 'VAULT_DB_PATH' => '', 'VAULT_TOKEN' => '', 'DOUBLE_IEEE754' => true];
\$ZBX_SERVER_NAME = 'Harbour';
\$IMAGE_FORMAT_DEFAULT = IMAGE_FORMAT_PNG;
PHP
  serve_mariadb
  zabbix_data | zabbix_sql
}

zabbix_sql() { /usr/bin/mariadb --no-defaults -ualice "-p$PASSWORD_A" -S "$DIR/my.sock" "$@"; }

# Names are told apart by their letters' case, as its installation has it (utf8mb4_bin).
zabbix_data() {
  echo 'create database zabbix character set utf8mb4 collate utf8mb4_bin; use zabbix;'
  zcat "$UNPACKED/zabbix-server-mysql/usr/share/zabbix-server-mysql/schema.sql.gz"
  zcat "$UNPACKED/zabbix-server-mysql/usr/share/zabbix-server-mysql/data.sql.gz" | grep -aE '^INSERT INTO `?(config|hstgrp|role|role_rule|usrgrp|users|users_groups)`? '
  zabbix_people
}

zabbix_people() {
  local id=10 pair hash
  for pair in "alice:$PASSWORD_A" "bob:$PASSWORD_B"; do
    hash=$(/usr/bin/php -r 'echo password_hash($argv[1], PASSWORD_BCRYPT, ["cost" => 4]);' "${pair#*:}")
    echo "insert into users (userid, username, passwd, roleid, autologout, autologin) values ($id, '${pair%%:*}', '$hash', 3, '0', 1);"
    echo "insert into users_groups (id, usrgrpid, userid) values ($id, 7, $id);"
    id=$((id + 1))
  done
}

serve() {
  /usr/bin/mariadb-admin --no-defaults -S "$DIR/my.sock" -ualice "-p$PASSWORD_A" ping >/dev/null 2>&1 || serve_mariadb
  php_serve "$DIR" "$PORT" "$DIR/www"
}

# Its cookie is good for as long as its session is in the database.
expire() {
  zabbix_sql zabbix -e 'delete from sessions'
}
