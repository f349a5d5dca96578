# shellcheck shell=bash
# SOGo at /SOGo behind Apache, by the configuration that comes with it. People and calendars are in MariaDB, there is no mail. It never runs as root.
# shellcheck source=mariadb.inc
source "$HERE/legacy/mariadb.inc"

prepare() {
  local module
  prepare_mariadb
  cat >>"$DIR/first.sql" <<SQL
create database sogo;
create table sogo.people (c_uid varchar(60) primary key, c_name varchar(60), c_password varchar(60), c_cn varchar(60), mail varchar(60));
insert into sogo.people values ('alice', 'alice', '$PASSWORD_A', 'Alice X', 'alice@example.org'), ('bob', 'bob', '$PASSWORD_B', 'Bob X', 'bob@example.org');
SQL
  # Its programs and their resources are two packages that lie in one another.
  mkdir -p "$DIR"/{defaults,logs,run,usr}
  cp -rs "$UNPACKED"/sogo{,-common}/usr/lib "$DIR/usr/"
  sed -E "s#^(GNUSTEP_LOCAL_LIBRARY)=.*#\1=$DIR/usr/lib/GNUstep#; s#^(GNUSTEP_USER_DEFAULTS_DIR)=.*#\1=$DIR/defaults#" \
    /etc/GNUstep/GNUstep.conf >"$DIR/gnustep.conf"
  sogo_config >"$DIR/defaults/sogod.plist"
  {
    for module in mpm_event authz_core access_compat alias dir env expires headers mime proxy proxy_http setenvif; do
      echo "LoadModule ${module}_module /usr/lib/apache2/modules/mod_$module.so"
    done
    printf '%s\n' "ServerRoot $DIR" "Listen 127.0.0.1:$PORT" 'ServerName localhost' "PidFile $DIR/httpd.pid" "ErrorLog $DIR/logs/error.log" \
      'TypesConfig /etc/mime.types' 'User nobody' 'Group nogroup'
    sed -E "s#/usr/lib/GNUstep#$DIR/usr/lib/GNUstep#g; s#127.0.0.1:20000#127.0.0.1:$SECOND_PORT#g; s#https://%#http://%#; s#\"443\"#\"$PORT\"#" \
      "$UNPACKED/sogo-common/usr/share/doc/sogo/apache.conf"
  } >"$DIR/httpd.conf"
  chown -R nobody "$DIR/defaults" "$DIR/run"
}

sogo_config() {
  local database='mysql://alice:Passw0rd%21a@localhost:3306/sogo'
  cat <<CONF
{
  SOGoProfileURL = "$database/sogo_user_profile";
  OCSFolderInfoURL = "$database/sogo_folder_info";
  OCSSessionsFolderURL = "$database/sogo_sessions_folder";
  SOGoUserSources = (
    {
      type = sql;
      id = people;
      viewURL = "$database/people";
      canAuthenticate = YES;
      isAddressBook = YES;
      displayName = People;
      userPasswordAlgorithm = plain;
    }
  );
  SOGoMemcachedHost = "$DIR/run/memcached";
  SOGoLoginModule = Calendar;
  SOGoMailDomain = "example.org";
  SOGoTimeZone = UTC;
  SOGoPasswordChangeEnabled = YES;
}
CONF
}

# as_nobody PROGRAM...
as_nobody() { exec setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"; }

serve() {
  # Its port is SOGo's, which knows the database by its socket.
  serve_mariadb --skip-networking
  (as_nobody "$UNPACKED/memcached/usr/bin/memcached" -m 16 -t 1 -s "$DIR/run/memcached") &
  (
    export LD_LIBRARY_PATH="$DIR/usr/lib/sogo" GNUSTEP_CONFIG_FILE="$DIR/gnustep.conf" MYSQL_UNIX_PORT="$DIR/my.sock"
    as_nobody "$UNPACKED/sogo/usr/sbin/sogod" -WOPort "127.0.0.1:$SECOND_PORT" -WONoDetach YES -WOWorkersCount 4 -WOLogFile - -WOPidFile "$DIR/run/sogod.pid"
  ) >>"$DIR/logs/sogo.log" 2>&1 &
  wait_until curl -sf "http://127.0.0.1:$SECOND_PORT/SOGo/"
  exec apache2 -f "$DIR/httpd.conf" -DFOREGROUND
}

# Sessions are in the database, and in memory.
expire() {
  /usr/bin/mariadb --no-defaults -ualice "-p$PASSWORD_A" -S "$DIR/my.sock" sogo -e 'delete from sogo_sessions_folder'
  /usr/bin/python3 - "$DIR/run/memcached" <<'PYTHON'
import socket, sys
with socket.socket(socket.AF_UNIX) as cache:
    cache.connect(sys.argv[1])
    cache.sendall(b'flush_all\r\n')
    assert cache.recv(16) == b'OK\r\n'
PYTHON
}
