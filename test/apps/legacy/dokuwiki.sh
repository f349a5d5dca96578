# shellcheck shell=bash
# DokuWiki; alice is its administrator. XML-RPC is on, as in many installations.

prepare() {
  mkdir -p "$DIR/conf" "$DIR"/data/{pages,media,media_attic,media_meta,attic,meta,cache,locks,tmp,index,log}
  cp -rL /usr/share/dokuwiki "$DIR/www"
  cp -rL /etc/dokuwiki/. "$DIR/conf/"
  {
    echo '# <?php exit()?>'
    echo "alice:$(hash_of "$PASSWORD_A"):Alice:alice@example.org:admin,user"
    echo "bob:$(hash_of "$PASSWORD_B"):Bob:bob@example.org:user"
  } >"$DIR/conf/users.auth.php"
  printf '# <?php exit()?>\n*  @ALL   0\n*  @user  8\n' >"$DIR/conf/acl.auth.php"
  cat >"$DIR/conf/local.php" <<PHP
<?php
\$conf['title'] = 'Handbook';
\$conf['useacl'] = 1;
\$conf['superuser'] = '@admin';
\$conf['savedir'] = '$DIR/data';
\$conf['remote'] = 1;
\$conf['remoteuser'] = '';
PHP
  echo "<?php define('DOKU_CONF', '$DIR/conf/');" >"$DIR/prepend.php"
}

hash_of() { /usr/bin/php -r 'echo password_hash($argv[1], PASSWORD_BCRYPT, ["cost" => 5]);' "$1"; }

serve() { php_serve "$DIR" "$PORT" "$DIR/www" -d "auto_prepend_file=$DIR/prepend.php"; }

# Its cookie holds the password, sealed with this salt.
expire() { rm -f "$DIR"/data/meta/_htcookiesalt* "$DIR"/sessions/*; }
