# shellcheck shell=bash
# Tiny Tiny RSS, and MariaDB behind it.
# shellcheck source=mariadb.inc
source "$HERE/legacy/mariadb.inc"

prepare() {
  prepare_mariadb
  echo 'create database ttrss;' >>"$DIR/first.sql"
  cp -rL /usr/share/tt-rss/www "$DIR/www" 2>/dev/null || true
}
serve() { :; }
