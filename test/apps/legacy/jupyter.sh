# shellcheck shell=bash
# Jupyter Notebook with one password, whose kernel is Debian's own Python.

prepare() {
  mkdir -p "$DIR/config" "$DIR/work"
  /usr/bin/python3 - >"$DIR/config/jupyter_notebook_config.py" <<PY
from notebook.auth import passwd
print("c.NotebookApp.password = %r" % passwd("$PASSWORD_A", "sha1"))
PY
}

serve() {
  cd "$DIR/work"
  HOME=$DIR JUPYTER_CONFIG_DIR=$DIR/config JUPYTER_DATA_DIR=$DIR/data JUPYTER_RUNTIME_DIR=$DIR/run PYTHONNOUSERSITE=1 \
    exec /usr/bin/python3 -m notebook --allow-root --no-browser --ip=127.0.0.1 --port="$PORT" --port-retries=0
}
