# shellcheck shell=bash
# Icinga Web 2 with accounts in MariaDB, of whom alice is its administrator. There is no monitoring behind it.
# shellcheck source=mariadb.inc
source "$HERE/legacy/mariadb.inc"

prepare() {
  prepare_mariadb
  local package
  mkdir -p "$DIR/usr/share"
  for package in icingaweb2 icingaweb2-common php-icinga; do
    cp -r "$UNPACKED/$package/usr/share/." "$DIR/usr/share/"
  done
  # Where it finds itself and the libraries of other packages stands in files of the package.
  sed -i "s#/usr/share/php/Icinga/#$DIR/usr/share/php/Icinga/#" "$DIR/usr/share/icingaweb2/public/index.php"
  mkdir -p "$DIR/conf/preferences" "$DIR/storage"
  icingaweb2_config
  chown -R nobody "$DIR/conf" "$DIR/storage"
  serve_mariadb
  (
    echo 'create database icingaweb2 character set utf8mb4; use icingaweb2;'
    cat "$DIR/usr/share/icingaweb2/schema/mysql.schema.sql"
    icingaweb2_person alice "$PASSWORD_A"
    icingaweb2_person bob "$PASSWORD_B"
  ) | icingaweb2_sql
}

icingaweb2_sql() { /usr/bin/mariadb --no-defaults -ualice "-p$PASSWORD_A" -S "$DIR/my.sock" "$@"; }

# icingaweb2_person NAME PASSWORD
icingaweb2_person() {
  local hash
  hash=$(/usr/bin/php -r 'echo password_hash($argv[1], PASSWORD_BCRYPT, ["cost" => 4]);' "$2")
  echo "insert into icingaweb_user (name, active, password_hash) values ('$1', 1, '$hash');"
}

icingaweb2_config() {
  cat >"$DIR/conf/config.ini" <<INI
[global]
module_path = "$DIR/usr/share/icingaweb2/modules"
config_resource = "accounts"
show_stacktraces = "0"
[logging]
log = "php"
level = "ERROR"
INI
  cat >"$DIR/conf/resources.ini" <<INI
[accounts]
type = "db"
db = "mysql"
host = "127.0.0.1"
port = "$SECOND_PORT"
dbname = "icingaweb2"
username = "alice"
password = "$PASSWORD_A"
charset = "utf8mb4"
INI
  printf '[accounts]\nbackend = "db"\nresource = "accounts"\n' >"$DIR/conf/authentication.ini"
  printf '[accounts]\nbackend = "db"\nresource = "accounts"\n' >"$DIR/conf/groups.ini"
  printf '[administrators]\nusers = "alice"\npermissions = "*"\n' >"$DIR/conf/roles.ini"
}

serve() {
  icingaweb2_sql -e 'select 1' >/dev/null 2>&1 || serve_mariadb
  export ICINGAWEB_CONFIGDIR="$DIR/conf" ICINGAWEB_STORAGEDIR="$DIR/storage"
  # Whatever is no file of its goes to its one script.
  PHP_USER=nobody PHP_ROUTER="$DIR/usr/share/icingaweb2/public/index.php" php_serve "$DIR" "$PORT" "$DIR/usr/share/icingaweb2/public"
}

expire() { rm -f "$DIR"/sessions/sess_*; }
