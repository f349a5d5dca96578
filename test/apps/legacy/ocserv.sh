# shellcheck shell=bash
# ocserv, which speaks TLS alone, and nginx before it that does not. It makes a device for a tunnel only when a client opens one, and none can here.
# It begins as root and goes on as nobody.

prepare() {
  local name=alice password
  for password in "$PASSWORD_A" "$PASSWORD_B"; do
    printf '%s\n%s\n' "$password" "$password" | "$UNPACKED/ocserv/usr/bin/ocpasswd" -c "$DIR/passwd" "$name" >/dev/null
    name=bob
  done
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$DIR/key.pem" -out "$DIR/cert.pem" -days 30 \
    -subj /CN=127.0.0.1 2>/dev/null
  mkdir -p "$DIR/nginx"
  cat >"$DIR/ocserv.conf" <<CONF
auth = "plain[passwd=$DIR/passwd]"
listen-host = 127.0.0.1
tcp-port = $SECOND_PORT
run-as-user = nobody
run-as-group = nogroup
socket-file = $DIR/sock
server-cert = $DIR/cert.pem
server-key = $DIR/key.pem
isolate-workers = false
max-clients = 0
# A sign-in may come over several connections.
sec-mod-scale = 1
max-same-clients = 0
# Guesses are what these tests make.
max-ban-score = 0
rate-limit-ms = 0
auth-timeout = 240
cookie-timeout = 300
device = vpns
ipv4-network = 192.0.2.0
ipv4-netmask = 255.255.255.0
cisco-client-compat = true
use-occtl = false
pid-file = $DIR/ocserv.pid
CONF
  cat >"$DIR/nginx.conf" <<CONF
daemon off;
user nobody nogroup;
worker_processes 1;
pid $DIR/nginx.pid;
error_log $DIR/nginx/error.log;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path $DIR/nginx;
  proxy_temp_path $DIR/nginx;
  server {
    listen 127.0.0.1:$PORT;
    location / {
      proxy_pass https://127.0.0.1:$SECOND_PORT;
      proxy_ssl_verify off;
      proxy_http_version 1.1;
      proxy_set_header Host \$http_host;
    }
  }
}
CONF
}

serve() {
  # It looks for the other half of itself along PATH, and leaves the group: it ends when nginx does.
  PATH="$UNPACKED/ocserv/usr/sbin:$PATH" setpriv --pdeathsig TERM ocserv -f -d 3 -c "$DIR/ocserv.conf" >>"$DIR/ocserv.log" 2>&1 &
  wait_until curl -skf "https://127.0.0.1:$SECOND_PORT/"
  exec nginx -e "$DIR/nginx/error.log" -c "$DIR/nginx.conf"
}
