# shellcheck shell=bash
# Request Tracker with two administrators, in SQLite, by its own server. Requests may name the origins that the tests have in front of it.

readonly RT=$UNPACKED/request-tracker5/usr/share/request-tracker5

prepare() {
  mkdir -p "$DIR"/{app,etc,local,var,cache/mason_data,cache/session_data}
  cp -r "$RT/lib" "$RT/libexec" "$UNPACKED/request-tracker5/usr/sbin/rt-setup-database-5" "$DIR/app/"
  # Where its files are stands in its programs.
  sed -i -e "s#/usr/local/share/request-tracker5#$DIR/local#g" -e "s#/usr/share/request-tracker5/lib#$DIR/app/lib#g" \
    -e "s#/usr/share/request-tracker5#$RT#g" -e "s#/etc/request-tracker5#$DIR/etc#g" -e "s#/var/lib/request-tracker5#$DIR/var#g" \
    -e "s#/var/cache/request-tracker5#$DIR/cache#g" "$DIR"/app/lib/RT/Generated.pm "$DIR"/app/libexec/* "$DIR/app/rt-setup-database-5"
  rt_config >"$DIR/etc/RT_SiteConfig.pm"
  echo '1;' >"$DIR/etc/RT_SiteModules.pm"
  (
    cd "$DIR/app"
    /usr/bin/perl rt-setup-database-5 --action init --skip-create
    rt_people | /usr/bin/perl -I lib - "$PASSWORD_A" "$PASSWORD_B"
  ) >"$DIR/install.log" 2>&1
}

rt_config() {
  local origin hosts=""
  for origin in $PUBLIC_ORIGINS; do hosts="$hosts '${origin#*://}',"; done
  cat <<PERL
Set(\$rtname, 'harbour');
Set(\$Organization, 'example.org');
Set(\$WebDomain, '127.0.0.1');
Set(\$WebPort, $PORT);
Set(\$WebBaseURL, 'http://127.0.0.1:$PORT');
Set(\$DatabaseType, 'SQLite');
Set(\$DatabaseName, '$DIR/rt.db');
Set(\$BcryptCost, 4);
Set(\$LogToSyslog, undef);
Set(\$LogToSTDERR, 'error');
Set(\$LogToFile, 'info');
Set(\$LogDir, '$DIR/var');
Set(\$LogToFileNamed, 'rt.log');
Set(\$MailCommand, 'testfile');
Set(@ReferrerWhitelist, $hosts '127.0.0.1:$PORT');
1;
PERL
}

rt_people() {
  cat <<'PERL'
use RT -init;
for (['alice', $ARGV[0]], ['bob', $ARGV[1]]) {
  my ($name, $password) = @$_;
  my $user = RT::User->new(RT->SystemUser);
  my ($done, $said) = $user->Create(Name => $name, EmailAddress => "$name\@example.org", RealName => ucfirst $name, Password => $password, Privileged => 1);
  die $said unless $done;
  $user->PrincipalObj->GrantRight(Right => 'SuperUser', Object => RT->System);
}
PERL
}

serve() { cd "$DIR/app" && exec /usr/bin/perl libexec/rt-server --host 127.0.0.1 --port "$PORT" --max-workers 3; }

expire() { find "$DIR/cache/session_data" -type f -delete; }
