# shellcheck shell=bash
# qBittorrent with its one account, which talks to nobody. Its password is the one that it comes with. It takes no port in Host
# but its own, and in these tests a relay with another stands before it.

prepare() {
  mkdir -p "$DIR/qBittorrent/config"
  cat >"$DIR/qBittorrent/config/qBittorrent.conf" <<CONF
[LegalNotice]
Accepted=true
[Preferences]
WebUI\\Address=127.0.0.1
WebUI\\Port=$PORT
WebUI\\Username=alice
WebUI\\LocalHostAuth=true
WebUI\\HostHeaderValidation=false
WebUI\\MaxAuthenticationFailCount=10000
[BitTorrent]
Session\\Port=$SECOND_PORT
Session\\DHTEnabled=false
Session\\LSDEnabled=false
Session\\PeXEnabled=false
Session\\Interface=lo
CONF
}

serve() { HOME=$DIR exec /usr/bin/qbittorrent-nox --profile="$DIR"; }
