# shellcheck shell=bash
# ZNC's web pages: a bouncer with two administrators, which is connected to no network.

prepare() {
  mkdir -p "$DIR/znc/configs"
  {
    printf 'Version = 1.8.2\nLoadModule = webadmin\nConnectDelay = 5\n'
    printf '<Listener web>\n  Port = %s\n  Host = 127.0.0.1\n  IPv4 = true\n  IPv6 = false\n  SSL = false\n  AllowIRC = false\n  AllowWeb = true\n</Listener>\n' "$PORT"
    znc_user alice "$PASSWORD_A"
    znc_user bob "$PASSWORD_B"
  } >"$DIR/znc/configs/znc.conf"
}

znc_user() {
  local salt=abcdefghij0123456789
  printf '<User %s>\n  Admin = true\n  Nick = %s\n  Ident = %s\n  RealName = Somebody\n  <Pass password>\n    Method = sha256\n    Hash = %s\n    Salt = %s\n  </Pass>\n</User>\n' \
    "$1" "$1" "$1" "$(printf '%s%s' "$2" "$salt" | sha256sum | cut -d' ' -f1)" "$salt"
}

# As root it waits for half a minute.
serve() {
  if [ "$(id -u)" = 0 ]; then
    chown -R nobody:nogroup "$DIR/znc"
    chmod o+x "$DIR"
    HOME=$DIR exec setpriv --reuid=nobody --regid=nogroup --clear-groups /usr/bin/znc --foreground --datadir "$DIR/znc"
  fi
  HOME=$DIR exec /usr/bin/znc --foreground --datadir "$DIR/znc"
}
