# shellcheck shell=bash
# Apache with Basic, Digest and form authentication. Every page says who is signed in; the access log too.

prepare() {
  local kind
  mkdir -p "$DIR"/htdocs/{basic,digest,form,open} "$DIR/logs"
  for kind in basic digest form; do
    cat >"$DIR/htdocs/$kind/index.shtml" <<HTML
<!doctype html><title>Harbour</title><h1>Harbour, by $kind</h1>
<p>Signed in as <b id="who"><!--#echo var="REMOTE_USER" --></b></p><p><a href="tides.shtml">Tides</a></p>
HTML
    cat >"$DIR/htdocs/$kind/tides.shtml" <<HTML
<!doctype html><title>Tides</title><h1>Tides</h1><p>High water for <b id="who"><!--#echo var="REMOTE_USER" --></b> at six.</p>
HTML
  done
  cat >"$DIR/htdocs/open/login.html" <<'HTML'
<!doctype html><title>Sign in</title><h1>Harbour: sign in</h1>
<form method="POST" action="/form/dologin"><input name="httpd_username"><input type="password" name="httpd_password">
<button>Sign in</button></form>
HTML
  echo 'Signed out.' >"$DIR/htdocs/open/out.html"
  /usr/bin/python3 - "$DIR" "$PASSWORD_A" "$PASSWORD_B" <<'PYTHON'
import base64, hashlib, sys
folder, a, b = sys.argv[1:]
people = (('alice', a), ('bob', b))
with open(folder + '/users', 'w') as file:
    for name, password in people:
        digest = base64.b64encode(hashlib.sha1(password.encode()).digest()).decode()
        file.write('%s:{SHA}%s\n' % (name, digest))
with open(folder + '/digest', 'w') as file:
    for name, password in people:
        file.write('%s:harbour:%s\n' % (name, hashlib.md5(('%s:harbour:%s' % (name, password)).encode()).hexdigest()))
PYTHON
  apache_config >"$DIR/httpd.conf"
  chmod -R a+rX "$DIR"
}

apache_config() {
  local module
  for module in mpm_event authn_core authz_core authz_user authn_file auth_basic auth_digest auth_form session \
    session_cookie request dir mime include; do
    echo "LoadModule ${module}_module /usr/lib/apache2/modules/mod_$module.so"
  done
  cat <<CONF
ServerRoot $DIR
Listen 127.0.0.1:$PORT
ServerName localhost
PidFile $DIR/httpd.pid
ErrorLog $DIR/logs/error.log
LogFormat "%u %s %r" short
CustomLog $DIR/logs/access.log short
TypesConfig /etc/mime.types
User www-data
Group www-data
DocumentRoot $DIR/htdocs
DirectoryIndex index.shtml
<Directory $DIR/htdocs>
  Require all granted
  Options +Includes
  AddType text/html .shtml
  AddOutputFilter INCLUDES .shtml
</Directory>
<Location /basic>
  AuthType Basic
  AuthName harbour
  AuthUserFile $DIR/users
  Require valid-user
</Location>
<Location /digest>
  AuthType Digest
  AuthName harbour
  AuthUserFile $DIR/digest
  AuthDigestDomain /digest/
  Require valid-user
</Location>
<Location /form>
  AuthType form
  AuthFormProvider file
  AuthUserFile $DIR/users
  AuthName harbour
  AuthFormLoginRequiredLocation /open/login.html
  Session On
  SessionCookieName session path=/form;HttpOnly
  Require valid-user
</Location>
<Location /form/dologin>
  SetHandler form-login-handler
  AuthFormLoginSuccessLocation /form/index.shtml
</Location>
<Location /form/logout>
  SetHandler form-logout-handler
  AuthFormLogoutLocation /open/out.html
  Session On
  SessionMaxAge 1
  SessionCookieName session path=/form
</Location>
CONF
}

serve() { exec /usr/sbin/apache2 -f "$DIR/httpd.conf" -DFOREGROUND; }
