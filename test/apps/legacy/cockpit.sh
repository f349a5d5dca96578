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

# The processes of the accounts that still run: one that has ended and waits to be collected does not.
theirs() {
  local name
  for name in "${UNIX_ACCOUNTS[@]}"; do ps -u "$name" -o pid=,stat= 2>/dev/null | awk '$2 !~ /^Z/ { print $1 }' || true; done
}

# Sessions detach from the server; nobody but these tests uses the accounts. Returns when the last process has ended.
clear() {
  local pid tries
  for ((tries = 0; tries < 100; tries += 1)); do
    if [ -z "$(theirs)" ]; then return 0; fi
    for pid in $(theirs); do kill "$([ "$tries" -lt 50 ] && echo -TERM || echo -KILL)" "$pid" 2>/dev/null || true; done
    sleep 0.1
  done
  echo 'processes of the accounts of the tests do not end' >&2
  return 1
}

expire() { clear; }
