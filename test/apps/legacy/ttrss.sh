# shellcheck shell=bash
# Tiny Tiny RSS, and MariaDB behind it. It has two people, of whom alice is its administrator.
# shellcheck source=mariadb.inc
source "$HERE/legacy/mariadb.inc"

prepare() {
  prepare_mariadb
  # Its libraries are those of other packages, by links from where it stands.
  cp -r "$UNPACKED/tt-rss/usr" "$DIR/usr"
  ln -s /usr/share/{fonts,fonts-material-design-icons-iconfont,javascript,php,phpqrcode} "$DIR/usr/share/"
  mkdir -p "$DIR"/{lock,cache/{export,feeds,images,upload}}
  rm "$DIR"/usr/share/tt-rss/www/{config.php,feed-icons}
  mkdir "$DIR/usr/share/tt-rss/www/feed-icons"
  ttrss_config >"$DIR/usr/share/tt-rss/www/config.php"
  chown -R nobody "$DIR"/{lock,cache,usr/share/tt-rss/www/feed-icons}
  serve_mariadb
  (
    echo 'create database ttrss character set utf8; use ttrss;'
    cat "$UNPACKED/tt-rss/usr/share/tt-rss/schema/ttrss_schema_mysql.sql"
    echo "delete from ttrss_users;"
    ttrss_person alice "$PASSWORD_A" 10
    ttrss_person bob "$PASSWORD_B" 0
  ) | ttrss_sql
}

ttrss_sql() { /usr/bin/mariadb --no-defaults -ualice "-p$PASSWORD_A" -S "$DIR/my.sock" "$@"; }

# ttrss_person NAME PASSWORD LEVEL
ttrss_person() {
  echo "insert into ttrss_users (login, email, salt, pwd_hash, access_level) values ('$1', '$1@example.org', 'harbour', concat('MODE2:', sha2('harbour$2', 256)), $3);"
}

# All that its own file sets. It calls itself what the request calls it, as where a site has several names, and asks its makers for nothing.
ttrss_config() {
  cat <<PHP
<?php
define('DB_TYPE', 'mysql');
define('DB_HOST', '127.0.0.1');
define('DB_PORT', '$SECOND_PORT');
define('DB_USER', 'alice');
define('DB_NAME', 'ttrss');
define('DB_PASS', '$PASSWORD_A');
define('SELF_URL_PATH', 'http://' . (\$_SERVER['HTTP_HOST'] ?? 'localhost') . '/');
define('LOCK_DIRECTORY', '$DIR/lock');
define('CACHE_DIR', '$DIR/cache');
define('CHECK_FOR_UPDATES', false);
define('LOG_DESTINATION', '');
PHP
  grep -E "^\s*define\(" "$UNPACKED/tt-rss/etc/tt-rss/config.php" |
    grep -vE "'(DB_[A-Z]+|SELF_URL_PATH|LOCK_DIRECTORY|CACHE_DIR|CHECK_FOR_UPDATES|LOG_DESTINATION)'"
}

serve() {
  ttrss_sql -e 'select 1' >/dev/null 2>&1 || serve_mariadb
  # It does not run as root.
  PHP_USER=nobody php_serve "$DIR" "$PORT" "$DIR/usr/share/tt-rss/www"
}

expire() { ttrss_sql ttrss -e 'delete from ttrss_sessions'; }
