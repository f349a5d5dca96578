# shellcheck shell=bash
# phpMyAdmin, and MariaDB behind it; the database's own log says who connected.
# shellcheck source=mariadb.inc
source "$HERE/legacy/mariadb.inc"

prepare() {
  prepare_mariadb
  # Where its configuration is stands in a file of the package.
  cp -rL /usr/share/phpmyadmin "$DIR/www"
  sed -i "s#/etc/phpmyadmin/config.inc.php#$DIR/config.inc.php#; s#/var/lib/phpmyadmin/tmp/#$DIR/tmp/#" \
    "$DIR/www/libraries/vendor_config.php"
  cat >"$DIR/config.inc.php" <<PHP
<?php
\$cfg['Servers'][1] = ['auth_type' => 'cookie', 'host' => '127.0.0.1', 'port' => '$SECOND_PORT', 'connect_type' => 'tcp'];
\$cfg['blowfish_secret'] = 'these are the thirty-two bytes..';
PHP
}

serve() {
  serve_mariadb
  php_serve "$DIR" "$PORT" "$DIR/www"
}

expire() { rm -f "$DIR"/sessions/*; }
