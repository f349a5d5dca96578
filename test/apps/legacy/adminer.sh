# shellcheck shell=bash
# Adminer, and MariaDB behind it; the database's own log says who connected.

prepare() {
  # Adminer counts failures in a file of this name and stops everybody after thirty; the tests fail more often.
  mkdir -p "$DIR/tmp/adminer.invalid"
  /usr/bin/mariadb-install-db --no-defaults --user=root --datadir="$DIR/mysql" --auth-root-authentication-method=normal \
    --skip-test-db --skip-name-resolve >"$DIR/install.log" 2>&1
  cat >"$DIR/first.sql" <<SQL
delete from mysql.global_priv where user = '';
flush privileges;
create user alice@'%' identified by '$PASSWORD_A', bob@'%' identified by '$PASSWORD_B';
grant all on *.* to alice@'%', bob@'%';
create database harbour;
create table harbour.tides (place varchar(40), high time);
insert into harbour.tides values ('North quay', '06:00'), ('Slipway', '06:20');
SQL
}

serve() {
  local first=()
  if [ -f "$DIR/first.sql" ]; then
    mv "$DIR/first.sql" "$DIR/done.sql"
    first=(--init-file="$DIR/done.sql")
  fi
  /usr/sbin/mariadbd --no-defaults --user=root --datadir="$DIR/mysql" --bind-address=127.0.0.1 --port="$SECOND_PORT" \
    --socket="$DIR/my.sock" --skip-name-resolve --skip-log-bin --innodb-buffer-pool-size=16M --general-log \
    --general-log-file="$DIR/general.log" "${first[@]}" >"$DIR/mariadb.log" 2>&1 &
  wait_until /usr/bin/mariadb --no-defaults -ualice "-p$PASSWORD_A" -h127.0.0.1 -P"$SECOND_PORT" -e 'select 1'
  php_serve "$DIR" "$PORT" /usr/share/adminer
}

expire() { rm -f "$DIR"/sessions/*; }
