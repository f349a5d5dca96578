# shellcheck shell=bash
# Django's admin with two administrators.

prepare() {
  cd "$DIR"
  /usr/bin/python3 -m django startproject site_ .
  sed -i "s/^ALLOWED_HOSTS = .*/ALLOWED_HOSTS = ['localhost', '127.0.0.1']/" site_/settings.py
  # The machine of a test is slow enough; these are not anybody's passwords.
  echo "PASSWORD_HASHERS = ['django.contrib.auth.hashers.MD5PasswordHasher']" >>site_/settings.py
  DJANGO_SETTINGS_MODULE=site_.settings /usr/bin/python3 - "$PASSWORD_A" "$PASSWORD_B" <<'PYTHON'
import sys
import django
django.setup()
from django.contrib.auth.models import User
from django.core.management import call_command
call_command('migrate', verbosity=0)
for name, password in (('alice', sys.argv[1]), ('bob', sys.argv[2])):
    User.objects.create_superuser(name, name + '@example.org', password)
PYTHON
}

serve() {
  cd "$DIR"
  exec /usr/bin/python3 manage.py runserver --noreload "127.0.0.1:$PORT"
}

expire() { sqlite3 -cmd '.timeout 5000' "$DIR/db.sqlite3" 'delete from django_session'; }
