# shellcheck shell=bash
# A repository of Fossil with two who may set it up, served by Fossil itself. Whoever comes from this machine must sign in as well.

prepare() {
  export HOME=$DIR USER=alice
  /usr/bin/fossil init --admin-user alice "$DIR/harbour.fossil"
  repository user password alice "$PASSWORD_A"
  repository user new bob 'Bob' "$PASSWORD_B"
  repository user capabilities bob s
  repository settings localauth 1
  repository settings access-log 1
  # Nobody sees anything without signing in.
  repository user capabilities nobody ''
  repository user capabilities anonymous ''
}

repository() { /usr/bin/fossil "$@" -R "$DIR/harbour.fossil"; }

serve() { HOME=$DIR USER=alice exec /usr/bin/fossil server --localhost --port "$PORT" "$DIR/harbour.fossil"; }

expire() { sqlite3 -cmd '.timeout 5000' "$DIR/harbour.fossil" 'update user set cookie = null, cexpire = 0'; }
