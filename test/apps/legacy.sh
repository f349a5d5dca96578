#!/bin/bash
# Real products from Debian's packages, for the tests of this folder.
#   legacy.sh install                                installs them (root; the package lists must be up to date)
#   legacy.sh run PRODUCT DIR PORT SECOND_PORT       prepares PRODUCT's state in DIR, once, and becomes its server on
#                                                    127.0.0.1:PORT; SECOND_PORT is for the mail server or database behind it
#   legacy.sh expire PRODUCT DIR                     ends the product's own sessions, as their age would
#   legacy.sh clear PRODUCT                          ends what a product leaves behind when its server has ended
# Debian's own python3 and php by their full path: another one earlier on PATH does not know these packages.
# Every product knows alice and bob, Cockpit two accounts of the machine itself, which are added to it when they are not
# there; nothing else is written outside DIR.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
readonly HERE=$(cd "$(dirname "$0")" && pwd)
readonly PASSWORD_A='Passw0rd!a' PASSWORD_B='Passw0rd!b'
# Of MariaDB and Apache the programs alone: nothing of them is to start as a service.
readonly PACKAGES=(apache2-bin adminer cockpit-bridge cockpit-system cockpit-ws dokuwiki dovecot-imapd fossil mariadb-client-core
  mariadb-server-core openjdk-17-jre-headless php-cli php-mbstring php-mysql php-sqlite3 php-xml python3-django python3-jwt
  jupyter-notebook mediawiki
  nginx-light mono-mcs mono-runtime libmono-system-configuration4.0-cil libmono-system-net-http4.0-cil libmono-system-web4.0-cil
  php-bcmath php-curl php-gd php-intl php-php-gettext php-psr-log phpmyadmin phpqrcode qbittorrent-nox
  # What Cacti's pages are made of.
  fonts-fork-awesome libjs-chart.js libjs-jquery-colorpicker libjs-jquery-cookie libjs-jquery-hotkeys libjs-jquery-jstree
  libjs-jquery-metadata libjs-jquery-tablesorter libjs-jquery-timepicker libjs-jquery-ui libjs-jquery-ui-theme-smoothness
  libjs-jquery-ui-touch-punch libphp-phpmailer node-d3 node-dompurify node-ua-parser-js php-gmp php-ldap php-phpmyadmin-motranslator
  php-phpseclib php-snmp php-twig rrdtool
  # And Tiny Tiny RSS's and Icinga Web 2's.
  icinga-php-library icinga-php-thirdparty php-soap
  fonts-material-design-icons-iconfont libjs-dojo-core libjs-dojo-dijit libjs-scriptaculous
  roundcube-core roundcube-sqlite3 sqlite3 tomcat10 tomcat10-examples wordpress zabbix-frontend-php znc)

# Packages whose files are all that is wanted: they would bring a web server that starts by itself, or are to run nowhere.
readonly UNPACKED=/usr/local/share/sallyport-tests/packages

install_all() {
  if [ "$(id -u)" != 0 ]; then
    echo "The tests with real products install Debian packages: run this as root, or install them yourself: ${PACKAGES[*]}" >&2
    exit 1
  fi
  # No package looks for a web server or a database to configure.
  debconf-set-selections <<'SELECTIONS'
dokuwiki dokuwiki/system/configure-webserver multiselect
phpmyadmin phpmyadmin/reconfigure-webserver multiselect
phpmyadmin phpmyadmin/dbconfig-install boolean false
roundcube-core roundcube/reconfigure-webserver multiselect
roundcube-core roundcube/dbconfig-install boolean false
SELECTIONS
  install_packages "${PACKAGES[@]}"
  # Of Zabbix's server there is only its schema.
  unpack zabbix-server-mysql
  unpack postfixadmin
  install_packages puma ruby-sqlite3 $(libraries redmine '(ruby|libjs)-[a-z0-9.-]+')
  unpack redmine
  unpack cacti
  unpack tt-rss
  unpack icingaweb2
  unpack icingaweb2-common
  unpack php-icinga
  # A directory, and what its pages are made of; the libraries alone are installed.
  install_packages libargon2-1 libltdl7 libodbc2 libsasl2-2 libwrap0 php-ldap php-zip
  unpack slapd
  unpack phpldapadmin
  unpack ldap-account-manager
  install_packages starlet libdbd-sqlite3-perl libterm-readkey-perl $(libraries request-tracker5 'lib[a-z0-9.-]+-perl')
  unpack request-tracker5
  install_packages gnustep-base-runtime $(libraries sogo 'lib[a-z0-9.+-]+')
  unpack memcached
  unpack sogo
  unpack sogo-common
  install_packages openssl $(libraries ocserv 'lib[a-z0-9.+-]+')
  unpack ocserv
}

install_packages() { apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "$@"; }

# Libraries that a package which is only unpacked would bring; those that are called so.
libraries() { apt-cache depends --no-recommends --no-suggests "$1" | sed -nE "s/^ +Depends: ($2)\$/\1/p" | sort -u; }

# Files of a package, with nothing of it set up, in UNPACKED/PACKAGE.
unpack() {
  local folder
  [ -d "$UNPACKED/$1" ] && return
  folder=$(mktemp -d)
  (cd "$folder" && apt-get download -qq "$1" && dpkg-deb -x ./*.deb unpacked)
  mkdir -p "$UNPACKED"
  mv "$folder/unpacked" "$UNPACKED/$1"
  rm -rf "$folder"
}

# PHP's own server; several workers, since a browser keeps connections open. Sessions and other files stay in DIR.
# [PHP_USER=USER] [PHP_ROUTER=SCRIPT] php_serve DIR PORT ROOT [OPTION...]
php_serve() {
  local dir=$1 port=$2 root=$3 as=()
  shift 3
  mkdir -p "$dir/sessions" "$dir/tmp"
  if [ -n "${PHP_USER:-}" ]; then
    chown "$PHP_USER" "$dir/sessions" "$dir/tmp"
    as=(setpriv "--reuid=$PHP_USER" --regid=nogroup --clear-groups)
  fi
  PHP_CLI_SERVER_WORKERS=6 exec "${as[@]}" /usr/bin/php -d opcache.enable_cli=1 -d opcache.revalidate_freq=0 -d "session.save_path=$dir/sessions" -d "upload_tmp_dir=$dir/tmp" \
    -d "sys_temp_dir=$dir/tmp" "$@" -S "127.0.0.1:$port" -t "$root" ${PHP_ROUTER:+"$PHP_ROUTER"}
}

# Waits until a command succeeds, for at most 30 s.
wait_until() {
  local i
  for i in $(seq 150); do
    if "$@" >/dev/null 2>&1; then return 0; fi
    sleep 0.2
  done
  echo "waited in vain: $*" >&2
  return 1
}

prepare() { :; }
expire() { echo "$1 keeps no sessions that could be ended" >&2 && exit 2; }
clear() { :; }

readonly DO=${1:-} PRODUCT=${2:-}
case "$DO" in
  install) install_all && exit ;;
  run | expire | clear) ;;
  *) DO_HELP=1 ;;
esac
if [ -n "${DO_HELP:-}" ] || [ ! -f "$HERE/legacy/$PRODUCT.sh" ]; then
  sed -n 's/^#   //p' "$HERE/legacy.sh" >&2
  exit 2
fi
# shellcheck source=/dev/null
source "$HERE/legacy/$PRODUCT.sh"
case "$DO" in
  run)
    readonly DIR=$3 PORT=$4 SECOND_PORT=$5
    if [ ! -f "$DIR/prepared" ]; then
      mkdir -p "$DIR"
      prepare
      touch "$DIR/prepared"
    fi
    serve
    ;;
  expire)
    readonly DIR=$3
    expire
    ;;
  clear) clear ;;
esac
