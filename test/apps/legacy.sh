#!/bin/bash
# Real products from Debian's packages, for the tests of this folder.
#   legacy.sh install                   installs them (root; the package lists must be up to date)
#   legacy.sh run PRODUCT DIR PORT      prepares PRODUCT's state in DIR and becomes its server on 127.0.0.1:PORT
# Debian's own python3 and php by their full path: another one earlier on PATH does not know these packages.
#   legacy.sh clear PRODUCT             ends what a product leaves behind when its server has ended
# DokuWiki and Django have the administrator alice. Nothing is written outside DIR, except that Cockpit signs people in
# with accounts of the machine itself: sallyport-test is added to it when it is not there. All have one password.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
readonly UNIX_ACCOUNT=sallyport-test
readonly PASSWORD='Passw0rd!a'
readonly PACKAGES=(dokuwiki php-cli php-xml php-mbstring python3-django cockpit-ws cockpit-bridge cockpit-system)

install_all() {
  if [ "$(id -u)" != 0 ]; then
    echo "The tests with real products install Debian packages: run this as root, or install them yourself: ${PACKAGES[*]}" >&2
    exit 1
  fi
  # The package must not look for a web server to configure.
  echo 'dokuwiki dokuwiki/system/configure-webserver multiselect' | debconf-set-selections
  apt-get install -y -q --no-install-recommends "${PACKAGES[@]}"
}

# PHP's own server; several workers, since a browser keeps connections open.
run_dokuwiki() {
  local dir=$1 port=$2
  mkdir -p "$dir/conf" "$dir"/data/{pages,media,media_attic,media_meta,attic,meta,cache,locks,tmp,index,log}
  cp -rL /usr/share/dokuwiki "$dir/www"
  cp -rL /etc/dokuwiki/. "$dir/conf/"
  {
    echo '# <?php exit()?>'
    echo "alice:$(/usr/bin/php -r 'echo password_hash($argv[1], PASSWORD_BCRYPT);' "$PASSWORD"):Alice:alice@example.org:admin,user"
  } >"$dir/conf/users.auth.php"
  printf '# <?php exit()?>\n*  @ALL   0\n*  @user  8\n' >"$dir/conf/acl.auth.php"
  cat >"$dir/conf/local.php" <<PHP
<?php
\$conf['title'] = 'Handbook';
\$conf['useacl'] = 1;
\$conf['superuser'] = '@admin';
\$conf['savedir'] = '$dir/data';
PHP
  echo "<?php define('DOKU_CONF', '$dir/conf/');" >"$dir/prepend.php"
  PHP_CLI_SERVER_WORKERS=4 exec /usr/bin/php -d "auto_prepend_file=$dir/prepend.php" -S "127.0.0.1:$port" -t "$dir/www"
}

run_django() {
  local dir=$1 port=$2
  cd "$dir"
  /usr/bin/python3 -m django startproject site_ .
  sed -i "s/^ALLOWED_HOSTS = .*/ALLOWED_HOSTS = ['localhost']/" site_/settings.py
  /usr/bin/python3 manage.py migrate >migrate.log
  DJANGO_SUPERUSER_PASSWORD=$PASSWORD /usr/bin/python3 manage.py createsuperuser --noinput --username alice --email alice@example.org
  exec /usr/bin/python3 manage.py runserver --noreload "127.0.0.1:$port"
}

# Cockpit opens its WebSocket only for the origins it is told: PUBLIC_ORIGIN is the one that people see.
run_cockpit() {
  local dir=$1 port=$2
  id "$UNIX_ACCOUNT" >/dev/null 2>&1 || useradd --create-home --shell /bin/bash "$UNIX_ACCOUNT"
  echo "$UNIX_ACCOUNT:$PASSWORD" | chpasswd
  mkdir -p "$dir/etc/cockpit"
  printf '[WebService]\nAllowUnencrypted = true\nOrigins = %s\n' "${PUBLIC_ORIGIN:?}" >"$dir/etc/cockpit/cockpit.conf"
  XDG_CONFIG_DIRS="$dir/etc" exec /usr/lib/cockpit/cockpit-ws --no-tls --address=127.0.0.1 --port="$port"
}

# Sessions of Cockpit detach from its server; nobody but these tests uses that account.
clear_cockpit() {
  local pid
  for pid in $(ps -u "$UNIX_ACCOUNT" -o pid= 2>/dev/null || true); do kill "$pid" 2>/dev/null || true; done
}

case "${1:-}" in
  install) install_all ;;
  run) mkdir -p "$3" && "run_$2" "$3" "$4" ;;
  clear) if [ "$2" = cockpit ]; then clear_cockpit; fi ;;
  *) echo 'legacy.sh install | run dokuwiki|django|cockpit DIR PORT | clear PRODUCT' >&2 && exit 2 ;;
esac
