# shellcheck shell=bash
# WordPress, and MariaDB behind it. It has two people, of whom alice is its administrator.
# shellcheck source=mariadb.inc
source "$HERE/legacy/mariadb.inc"

prepare() {
  prepare_mariadb
  echo 'create database wp;' >>"$DIR/first.sql"
  # Its settings stand beside its files.
  cp -rL /usr/share/wordpress "$DIR/www" 2>/dev/null || true
  mkdir "$DIR/www/wp-content/mu-plugins"
  cat >"$DIR/www/wp-content/mu-plugins/signed-in.php" <<PHP
<?php
add_action('wp_login', fn (\$name) => file_put_contents('$DIR/signed-in.log', "\$name\n", FILE_APPEND));
PHP
  wordpress_config >"$DIR/www/wp-config.php"
  serve_mariadb
  /usr/bin/php -d error_reporting=0 -r '
    [, $folder, $a, $b] = $argv;
    define("WP_INSTALLING", true);
    $_SERVER["HTTP_HOST"] = "localhost";
    require "$folder/www/wp-load.php";
    require "$folder/www/wp-admin/includes/upgrade.php";
    wp_install("Harbour", "alice", "alice@example.org", false, "", $a);
    wp_create_user("bob", $b, "bob@example.org");
  ' "$DIR" "$PASSWORD_A" "$PASSWORD_B" >>"$DIR/install.log" 2>&1
}

wordpress_config() {
  local key
  cat <<PHP
<?php
define('DB_NAME', 'wp');
define('DB_USER', 'alice');
define('DB_PASSWORD', '$PASSWORD_A');
define('DB_HOST', '127.0.0.1:$SECOND_PORT');
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
PHP
  for key in AUTH_KEY SECURE_AUTH_KEY LOGGED_IN_KEY NONCE_KEY AUTH_SALT SECURE_AUTH_SALT LOGGED_IN_SALT NONCE_SALT; do
    echo "define('$key', 'harbour $key');"
  done
  cat <<PHP
// It calls itself what the request calls it, as where a site has several names.
define('WP_HOME', 'http://' . \$_SERVER['HTTP_HOST']);
define('WP_SITEURL', WP_HOME);
// It asks its makers for nothing.
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('DISABLE_WP_CRON', true);
\$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
PHP
}

serve() {
  /usr/bin/mariadb-admin --no-defaults -ualice "-p$PASSWORD_A" -h127.0.0.1 -P"$SECOND_PORT" ping >/dev/null 2>&1 || serve_mariadb
  php_serve "$DIR" "$PORT" "$DIR/www"
}

# Its cookies are good for as long as it knows of their session.
expire() {
  /usr/bin/mariadb --no-defaults -ualice "-p$PASSWORD_A" -S "$DIR/my.sock" wp -e "delete from wp_usermeta where meta_key = 'session_tokens'"
}
