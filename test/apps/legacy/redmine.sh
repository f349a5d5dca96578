# shellcheck shell=bash
# Redmine with two administrators, in SQLite, served by Puma. Its interface for programs is on, as many have it.

prepare() {
  local instance=$DIR/app/instances/default
  cp -r "$UNPACKED/redmine/usr/share/redmine" "$DIR/app"
  # Scripts of other packages are led to from beside it.
  ln -s /usr/share/javascript /usr/share/ruby-jquery-rails "$DIR/"
  cd "$DIR/app"
  # These lead to where the package would be, were it installed.
  rm -f Gemfile.lock config/database.yml instances
  echo "gem 'sqlite3'" >Gemfile.local
  mkdir -p "$instance"/{config,files,log,tmp,public/plugin_assets}
  echo "production: { adapter: sqlite3, database: '$DIR/redmine.db', timeout: 5000 }" >"$instance/config/database.yml"
  redmine_env
  redmine_data | /usr/bin/ruby - "$PASSWORD_A" "$PASSWORD_B" >"$DIR/install.log" 2>&1
}

# The tables, and two people who see all that there is.
redmine_data() {
  cat <<'RUBY'
require './config/environment'
ActiveRecord::Base.connection.execute('pragma synchronous = off')
ActiveRecord::Migration.verbose = false
ActiveRecord::Base.connection.migration_context.migrate
ActiveRecord::Base.descendants.each(&:reset_column_information)
Setting.rest_api_enabled = 1
Setting.autologin = 7
ARGV.zip(%w[alice bob]) do |password, name|
  user = User.new(firstname: name.capitalize, lastname: 'Harbour', mail: "#{name}@example.org", language: 'en')
  user.login = name
  user.admin = true
  user.password = user.password_confirmation = password
  user.save!
end
RUBY
}

redmine_env() {
  export RAILS_ENV=production RAILS_SERVE_STATIC_FILES=1 SECRET_KEY_BASE=0123456789012345678901234567890123456789
}

serve() {
  redmine_env
  cd "$DIR/app"
  exec /usr/bin/puma -b "tcp://127.0.0.1:$PORT" -t 2:4 -e production config.ru
}

expire() { sqlite3 -cmd '.timeout 5000' "$DIR/redmine.db" "delete from tokens where action = 'session'"; }
