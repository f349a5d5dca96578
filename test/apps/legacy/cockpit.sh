# shellcheck shell=bash
# Cockpit signs people in with accounts of the machine: sallyport-test and sallyport-other are added to it.
readonly UNIX_ACCOUNTS=(sallyport-test sallyport-other)

# It opens its WebSocket only for the origins that it is told: PUBLIC_ORIGINS are those that people see, with blanks between.
prepare() {
  local name
  for name in "${UNIX_ACCOUNTS[@]}"; do
    id "$name" >/dev/null 2>&1 || useradd --create-home --shell /bin/bash "$name"
  done
  printf '%s:%s\n' "${UNIX_ACCOUNTS[0]}" "$PASSWORD_A" "${UNIX_ACCOUNTS[1]}" "$PASSWORD_B" | chpasswd
  mkdir -p "$DIR/etc/cockpit"
  printf '[WebService]\nAllowUnencrypted = true\nOrigins = http://127.0.0.1:%s %s\n' "$PORT" "${PUBLIC_ORIGINS:?}" \
    >"$DIR/etc/cockpit/cockpit.conf"
}

serve() {
  export XDG_CONFIG_DIRS="$DIR/etc"
  exec /usr/lib/cockpit/cockpit-ws --no-tls --address=127.0.0.1 --port="$PORT"
}

# Sessions detach from the server; nobody but these tests uses the accounts.
clear() {
  local name pid
  for name in "${UNIX_ACCOUNTS[@]}"; do
    for pid in $(ps -u "$name" -o pid= 2>/dev/null || true); do kill "$pid" 2>/dev/null || true; done
  done
}

expire() { clear; }
