# shellcheck shell=bash
# MediaWiki with two people, its files where the package has them.

prepare() {
  mkdir -p "$DIR"/{db,cache}
  local set=(--dbtype sqlite --dbpath "$DIR/db" --dbname wiki --confpath "$DIR" --scriptpath '' --server "http://127.0.0.1:$PORT")
  cd /usr/share/mediawiki
  MW_CONFIG_FILE="$DIR/none.php" /usr/bin/php maintenance/install.php "${set[@]}" --pass "$PASSWORD_A" Harbour Alice \
    >"$DIR/install.log" 2>&1
  # Its address is what people type, as where a host has several; a guess of a password costs no five minutes.
  cat >>"$DIR/LocalSettings.php" <<'PHP'
$wgServer = WebRequest::detectServer();
$wgEnableUploads = false;
$wgCacheDirectory = __DIR__ . '/cache';
$wgPasswordAttemptThrottle = [];
$wgDebugLogGroups['authentication'] = __DIR__ . '/authentication.log';
PHP
  MW_CONFIG_FILE="$DIR/LocalSettings.php" /usr/bin/php maintenance/createAndPromote.php Bob "$PASSWORD_B" >>"$DIR/install.log" 2>&1
}

serve() {
  export MW_CONFIG_FILE="$DIR/LocalSettings.php"
  php_serve "$DIR" "$PORT" /usr/share/mediawiki
}

expire() { sqlite3 -cmd '.timeout 5000' "$DIR/db/wikicache.sqlite" 'delete from objectcache'; }
