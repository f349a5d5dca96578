# shellcheck shell=bash
# Roundcube, and Dovecot behind it with two mailboxes. Dovecot's log says whose mailbox was opened.

prepare() {
  local name
  mkdir -p "$DIR"/dovecot/mail/{alice,bob}/{cur,new,tmp} "$DIR"/{conf,logs}
  for name in alice bob; do
    printf 'From: Harbour <harbour@example.org>\nTo: %s@example.org\nSubject: Tides for %s\nDate: Mon, 2 Nov 2026 08:00:00 +0000\nMessage-ID: <%s@example.org>\n\nHigh water at six, %s.\n' \
      "$name" "$name" "$name" "$name" >"$DIR/dovecot/mail/$name/new/1.harbour"
  done
  printf 'alice:{PLAIN}%s\nbob:{PLAIN}%s\n' "$PASSWORD_A" "$PASSWORD_B" >"$DIR/dovecot/users"
  chown -R mail:mail "$DIR/dovecot/mail"
  dovecot_config >"$DIR/dovecot/dovecot.conf"
  cp /etc/roundcube/{defaults.inc.php,mimetypes.php} "$DIR/conf/"
  cat >"$DIR/conf/config.inc.php" <<PHP
<?php
\$config = [];
\$config['db_dsnw'] = 'sqlite:///$DIR/roundcube.db?mode=0660';
\$config['imap_host'] = '127.0.0.1:$SECOND_PORT';
\$config['smtp_host'] = '127.0.0.1:9';
\$config['des_key'] = '+A8g6MFDWEHjV33ql39JEVVJ';
\$config['plugins'] = [];
\$config['skin'] = 'elastic';
\$config['log_dir'] = '$DIR/logs/';
\$config['temp_dir'] = '$DIR/tmp/';
\$config['log_logins'] = true;
# Guesses are what these tests make.
\$config['login_rate_limit'] = 1000;
PHP
  sqlite3 "$DIR/roundcube.db" 'pragma journal_mode=wal' '.read /usr/share/roundcube/SQL/sqlite.initial.sql' >/dev/null
}

dovecot_config() {
  cat <<CONF
protocols = imap
listen = 127.0.0.1
base_dir = $DIR/dovecot/base
state_dir = $DIR/dovecot/state
log_path = $DIR/dovecot/log
ssl = no
disable_plaintext_auth = no
mail_location = maildir:$DIR/dovecot/mail/%u
first_valid_uid = 1
auth_username_format = %Lu
service imap-login {
  inet_listener imap {
    port = $SECOND_PORT
  }
  inet_listener imaps {
    port = 0
  }
}
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u $DIR/dovecot/users
}
userdb {
  driver = static
  args = uid=mail gid=mail home=$DIR/dovecot/mail/%u
}
CONF
}

serve() {
  /usr/sbin/dovecot -F -c "$DIR/dovecot/dovecot.conf" &
  export ROUNDCUBE_CONFIG_DIR="$DIR/conf"
  php_serve "$DIR" "$PORT" /var/lib/roundcube/public_html
}

expire() { sqlite3 -cmd '.timeout 5000' "$DIR/roundcube.db" 'delete from session'; }
