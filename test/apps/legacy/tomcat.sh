# shellcheck shell=bash
# Tomcat with its examples, whose protected pages sign in by j_security_check, and an access log that names people.
readonly EXAMPLES=/usr/share/tomcat10-examples/examples

prepare() {
  mkdir -p "$DIR"/{conf,logs,temp,work,webapps}
  cp -L /etc/tomcat10/{web.xml,context.xml,catalina.properties} "$DIR/conf/"
  cp -rL "$EXAMPLES" "$DIR/webapps/examples"
  # Sessions end with the process: they are not written down.
  cat >"$DIR/conf/context.xml" <<'XML'
<Context><WatchedResource>WEB-INF/web.xml</WatchedResource><Manager pathname=""/></Context>
XML
  cat >"$DIR/conf/server.xml" <<XML
<Server port="-1">
  <GlobalNamingResources>
    <Resource name="UserDatabase" auth="Container" type="org.apache.catalina.UserDatabase"
      factory="org.apache.catalina.users.MemoryUserDatabaseFactory" pathname="conf/tomcat-users.xml" readonly="true"/>
  </GlobalNamingResources>
  <Service name="Catalina">
    <Connector port="$PORT" address="127.0.0.1" protocol="HTTP/1.1"/>
    <Engine name="Catalina" defaultHost="localhost">
      <Realm className="org.apache.catalina.realm.UserDatabaseRealm" resourceName="UserDatabase"/>
      <Host name="localhost" appBase="webapps" autoDeploy="false" deployOnStartup="true">
        <Valve className="org.apache.catalina.valves.AccessLogValve" directory="logs" prefix="access" suffix=".log"
          fileDateFormat="" buffered="false" pattern="%u %s %r"/>
      </Host>
    </Engine>
  </Service>
</Server>
XML
  cat >"$DIR/conf/tomcat-users.xml" <<XML
<tomcat-users xmlns="http://tomcat.apache.org/xml">
  <role rolename="tomcat"/><role rolename="role1"/>
  <user username="alice" password="$PASSWORD_A" roles="tomcat,role1"/>
  <user username="bob" password="$PASSWORD_B" roles="tomcat,role1"/>
</tomcat-users>
XML
}

serve() {
  export CATALINA_HOME=/usr/share/tomcat10 CATALINA_BASE=$DIR JAVA_OPTS='-XX:TieredStopAtLevel=1 -Xmx192m -XX:+UseSerialGC'
  exec /usr/share/tomcat10/bin/catalina.sh run
}
