# shellcheck shell=bash
# Adminer, and MariaDB behind it; the database's own log says who connected.
# shellcheck source=mariadb.inc
source "$HERE/legacy/mariadb.inc"

prepare() {
  # Adminer counts failures in a file of this name and stops everybody after thirty; the tests fail more often.
  mkdir -p "$DIR/tmp/adminer.invalid"
  prepare_mariadb
}

serve() {
  serve_mariadb
  php_serve "$DIR" "$PORT" /usr/share/adminer
}

expire() { rm -f "$DIR"/sessions/*; }
